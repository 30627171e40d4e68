"""run_ctranslate2.py <model folder> <beam size> <replicas>: the sentences on standard input as JSON,
each a list of pieces, to as many tokens as programs/translate.mjs asks for.

CTranslate2's own Translator as its documentation drives it: int8, batches of 32, one thread a
replica. A line of JSON tells the time, which begins when the model is loaded.
"""

import json
import resource
import sys
import time

import ctranslate2


def main(folder, beam, replicas):
    job = json.load(sys.stdin)
    begin = time.perf_counter()
    translator = ctranslate2.Translator(
        folder,
        device="cpu",
        compute_type="int8",
        inter_threads=int(replicas),
        intra_threads=1,
    )
    load_s = time.perf_counter() - begin
    prefix = job["prefix"]
    options = {
        "beam_size": int(beam),
        "max_batch_size": 32,
        "min_decoding_length": job["tokens"],
        # The prefix counts.
        "max_decoding_length": job["tokens"] + len(prefix),
    }

    def translate(source):
        target = [prefix] * len(source) if prefix else None
        return translator.translate_batch(source, target_prefix=target, **options)

    translate(job["source"][:1])
    cpu = time.process_time()
    begin = time.perf_counter()
    translate(job["source"])
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
                "words": job["words"],
                "secondsPer1000Words": wall_s / job["words"] * 1000,
            }
        )
    )


main(*sys.argv[1:])
