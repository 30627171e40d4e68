"""run_faster_whisper.py <model folder> <file> <batched|sequential> <words: 0|1> <threads>

One transcription by faster-whisper as a line of JSON. Its own speech detection, greedy, int8; the
time begins when the model is loaded and holds the reading of the file.
"""

import json
import resource
import sys
import time

from faster_whisper import BatchedInferencePipeline, WhisperModel


def main(folder, file, mode, words, threads):
    begin = time.perf_counter()
    model = WhisperModel(
        folder, device="cpu", compute_type="int8", cpu_threads=int(threads)
    )
    load_s = time.perf_counter() - begin
    options = {"beam_size": 1, "language": "en", "word_timestamps": words == "1"}
    cpu = time.process_time()
    begin = time.perf_counter()
    if mode == "batched":
        segments, info = BatchedInferencePipeline(model).transcribe(
            file, batch_size=8, **options
        )
    else:
        segments, info = model.transcribe(file, vad_filter=True, **options)
    text = " ".join(segment.text for segment in segments)
    wall_s = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        json.dumps(
            {
                "loadS": load_s,
                "wallS": wall_s,
                "cpuS": time.process_time() - cpu,
                # Kilobytes on Linux, bytes on macOS.
                "peakMb": peak / (1 << 20 if sys.platform == "darwin" else 1 << 10),
                "audioS": info.duration,
                "text": text,
            }
        )
    )


main(*sys.argv[1:])
