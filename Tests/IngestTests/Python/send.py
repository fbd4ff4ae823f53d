"""Sends events with a vendor's own, unchanged client library.

Usage: send.py LIBRARY URL WRITE_KEY GZIP COUNT

Prints one line per failed upload to standard error and exits with 1 when there was any.
"""

import datetime
import sys


def client(library, url, write_key, gzip, on_error):
    if library == "segment":
        from segment.analytics.client import Client

        return Client(write_key, host=url, gzip=gzip, on_error=on_error, max_retries=2)
    if library == "customerio":
        from customerio.analytics.client import Client

        return Client(write_key, host=url, gzip=gzip, on_error=on_error, max_retries=2)
    if library == "rudderstack":
        from rudderstack.analytics.client import Client

        return Client(write_key, host=url, gzip=gzip, on_error=on_error, max_retries=2)
    raise SystemExit("unknown library " + library)


def send(sender, count):
    """One event of each kind, then `count` more identify events."""
    sender.identify("user-1", {"email": "zofia@example.com", "name": "Žofia 😀", "plan": None})
    items = [{"sku": "a"}, {"sku": "b"}]
    sender.track("user-1", "Order Completed", {"total": 12.50, "items": items})
    sender.group("user-1", "group-1", {"name": "Acme"})
    sender.page("user-1", "Docs", "Start", {"url": "https://example.com/"})
    sender.screen("user-1", "App", "Home", {"dark": True})
    sender.alias("visitor-1", "user-1")
    born = datetime.datetime(1990, 2, 3, tzinfo=datetime.timezone.utc)
    for number in range(count):
        sender.identify("user-%d" % number, {"number": number, "born": born})
    sender.flush()
    sender.join()


def main():
    library, url, write_key, gzip, count = sys.argv[1:]
    failures = []
    sender = client(
        library, url, write_key, gzip == "gzip", lambda error, batch: failures.append(error)
    )
    send(sender, int(count))
    for failure in failures:
        print(failure, file=sys.stderr)
    sys.exit(1 if failures else 0)


main()
