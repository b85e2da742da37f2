"""An emulated SMS provider, for tests and the demo: Aliyun and Tencent Cloud by their documented protocols."""
