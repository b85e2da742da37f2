"""The demo's phones: an emulated WeCom that runs beside the demo, and a page that shows what lies on anybody's phone.

Nothing of it runs beside a real company: `prepare_demo` sets it up where the demo company is and nothing else is
connected, and takes it down where that is so no longer.
"""
