"""Waits until a page of a server that is just starting answers 200: python3 tools/first_page.py URL PID [SECONDS]

Ends with 1 and a reason when the process PID is gone, when the page answers anything else, or after SECONDS (default 60).
The certificate is not checked: on this machine it is self-signed, and only localhost is asked.
"""
import os
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A child that ended but was not yet waited for still has a number.
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] != "Z"


def fetch(url):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    with opener.open(url, timeout=10) as reply:
        return reply.status, len(reply.read())


def wait_for_page(url, pid, seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not is_running(pid):
            return "the server ended"
        try:
            status, size = fetch(url)
        except urllib.error.HTTPError as error:
            if error.code != 503:
                return f"the page answered {error.code}"
        except (urllib.error.URLError, OSError):
            pass
        else:
            return None if status == 200 and size > 0 else f"the page answered {status} with {size} bytes"
        time.sleep(0.05)
    return f"no page within {seconds:g} s"


def main(argv):
    if len(argv) not in (3, 4) or urllib.parse.urlsplit(argv[1]).hostname not in ("localhost", "127.0.0.1", "::1"):
        print(__doc__, file=sys.stderr)
        return 2
    reason = wait_for_page(argv[1], int(argv[2]), float(argv[3]) if len(argv) == 4 else 60.0)
    if reason:
        print(f"{argv[1]}: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
