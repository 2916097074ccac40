"""Start the chat: `python app.py`."""

import sys

from hujin_qa.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["serve"]
    main()
