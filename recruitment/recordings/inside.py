"""PyAV's half of reading a recording, confined in a process of its own, where the ffmpeg program is not installed."""

import json
from itertools import chain
from typing import Any

# Only what browsers record; nothing that names other files or addresses is ever opened.
FORMATS = "matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,ogg,wav,mp3,aac"
PROTOCOLS = "file,pipe"
# Speech needs no more, and every browser plays it.
SPEECH_RATE, SPEECH_BITS = 24_000, 48_000


def main(task: str, source: str, target: str = "") -> None:
    """Do one task: `probe` and `seconds` print JSON; `rewrite` makes the target, `speech` one of sound alone."""
    import av  # noqa: PLC0415 -- heavy, and only here

    with av.open(source, options={"format_whitelist": FORMATS, "protocol_whitelist": PROTOCOLS}) as content:
        streams = [each for each in content.streams if each.type in ("audio", "video")]
        if task == "probe":
            print(json.dumps({"streams": [(each.type, each.codec_context.name) for each in streams]}))
        elif task == "seconds":
            print(json.dumps({"seconds": (content.duration or 0) / av.time_base}))
        elif task == "speech":
            print(json.dumps({"seconds": _speech(content, target)}))
        else:
            options = {"movflags": "+faststart"} if target.endswith(".mp4") else {"cues_to_front": "1"}
            with av.open(target, "w", options=options) as output:
                copies = {each.index: output.add_stream_from_template(each) for each in streams}
                for packet in content.demux(streams):
                    if packet.dts is not None:
                        packet.stream = copies[packet.stream.index]
                        output.mux(packet)


def _speech(content: Any, target: str) -> float:
    """Every sample is read and written anew: nothing but sound is in the target. Returns how many seconds it lasts."""
    import av  # noqa: PLC0415 -- heavy, and only here

    if not content.streams.audio:
        raise SystemExit("no sound")
    samples = 0
    with av.open(target, "w", format="mp3") as output:
        voice = output.add_stream("libmp3lame", rate=SPEECH_RATE)
        voice.layout, voice.bit_rate = "mono", SPEECH_BITS
        resampler = av.AudioResampler(format="s16p", layout="mono", rate=SPEECH_RATE)
        for frame in chain(content.decode(content.streams.audio[0]), [None]):
            for each in resampler.resample(frame):
                samples += each.samples
                output.mux(voice.encode(each))
        output.mux(voice.encode(None))
    return samples / SPEECH_RATE
