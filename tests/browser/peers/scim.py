"""Run PyPI's scim2-tester against a server: scim.py ADDRESS, with the token on standard input.

Prints one JSON object: how many checks there were of each status, and those that failed.
"""

import json
import sys
from collections import Counter

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

FAILED = {Status.ERROR, Status.CRITICAL, Status.DEVIATION}


def main():
    address, token = sys.argv[1], sys.stdin.read().strip()
    headers = {"Authorization": f"Bearer {token}"}
    with Client(base_url=address, headers=headers, trust_env=False) as http:
        results = check_server(SyncSCIMClient(http))
    failed = [
        {"check": result.title, "resource": result.resource_type, "reason": result.reason}
        for result in results
        if result.status in FAILED
    ]
    counts = Counter(result.status.name for result in results)
    print(json.dumps({"counts": counts, "failed": failed}))


if __name__ == "__main__":
    main()
