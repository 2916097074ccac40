"""Serve a GGUF model as an OpenAI-compatible API on loopback, for eval/llm.py and the ``llm`` tests.

    python eval/llm_server.py MODEL.gguf [PORT] [THREADS]

Needs ``xllamacpp``, in a virtual environment of its own: the product does not depend on it.
"""

import shlex
import sys
import time
from pathlib import Path

import xllamacpp


def main() -> None:
    """Serve until interrupted."""
    model, port, threads = (*sys.argv[1:], *["", "8411", "1"][len(sys.argv) - 1 :])
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.hostnames, params.port = ["127.0.0.1"], int(port)
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = int(threads)
    params.n_ctx, params.n_parallel = 4096, 1
    params.ui = False
    server = xllamacpp.Server(params)
    name = shlex.quote(Path(model).stem)  # any name would do: this one tells runs with different models apart
    print(f"OPENAI_BASE_URL={server.listening_address}/v1 OPENAI_MODEL={name}", flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()
