"""PyAV's half of reading a recording, confined in a process of its own, where the ffmpeg program is not installed."""

import json

# Only what browsers record; nothing that names other files or addresses is ever opened.
FORMATS = "matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,ogg,wav,mp3,aac"
PROTOCOLS = "file,pipe"


def main(task: str, source: str, target: str = "") -> None:
    """Do one task: `probe` and `seconds` print JSON, `rewrite` makes the target."""
    import av  # noqa: PLC0415 -- heavy, and only here

    with av.open(source, options={"format_whitelist": FORMATS, "protocol_whitelist": PROTOCOLS}) as content:
        streams = [each for each in content.streams if each.type in ("audio", "video")]
        if task == "probe":
            print(json.dumps({"streams": [(each.type, each.codec_context.name) for each in streams]}))
        elif task == "seconds":
            print(json.dumps({"seconds": (content.duration or 0) / av.time_base}))
        else:
            options = {"movflags": "+faststart"} if target.endswith(".mp4") else {"cues_to_front": "1"}
            with av.open(target, "w", options=options) as output:
                copies = {each.index: output.add_stream_from_template(each) for each in streams}
                for packet in content.demux(streams):
                    if packet.dts is not None:
                        packet.stream = copies[packet.stream.index]
                        output.mux(packet)
