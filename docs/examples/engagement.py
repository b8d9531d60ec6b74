"""The engagement of the schools of a board or cluster, week by week, as lines with tabs between their columns.

    GLANS_URL=https://glans.example.org GLANS_SCOPE=cluster_… \
    GLANS_CLIENT_ID=client_… GLANS_CLIENT_SECRET=glans_cs_… python3 engagement.py

The client needs the scope metrics:read. GLANS_FROM and GLANS_TO are days; the last twelve weeks when absent.
Python 3.9 or newer, and nothing to install.
"""

import datetime
import json
import os
import sys
import urllib.parse
import urllib.request

QUERY = """
query Engagement($scope: ID!, $input: EngagementInput!) {
  engagement(scope: $scope, input: $input) {
    series {
      metric
      group { name }
      points { periodStart numerator denominator suppressed }
    }
  }
}
"""


def post(path: str, content_type: str, body: str, token: str = "") -> dict:
    headers = {"Content-Type": content_type, "Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(os.environ["GLANS_URL"] + path, body.encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def access_token() -> str:
    """A token lives for ten minutes; ask for another one then."""
    form = {
        "grant_type": "client_credentials",
        "client_id": os.environ["GLANS_CLIENT_ID"],
        "client_secret": os.environ["GLANS_CLIENT_SECRET"],
    }
    body = urllib.parse.urlencode(form)
    return post("/oauth/token", "application/x-www-form-urlencoded", body)["access_token"]


def period() -> tuple[str, str]:
    """The last twelve whole weeks, which begin on Mondays."""
    today = datetime.date.today()
    monday = today - datetime.timedelta(days=today.weekday())
    first, last = monday - datetime.timedelta(weeks=12), monday - datetime.timedelta(days=1)
    return os.environ.get("GLANS_FROM", str(first)), os.environ.get("GLANS_TO", str(last))


def main() -> None:
    first, last = period()
    variables = {
        "scope": os.environ["GLANS_SCOPE"],
        "input": {
            "metrics": ["REACH", "TWO_WAY", "CONVERSATION_COVERAGE"],
            "from": first,
            "to": last,
            "interval": "WEEK",
            "breakdown": "SCHOOL",
        },
    }
    body = json.dumps({"query": QUERY, "variables": variables})
    answer = post("/graphql", "application/json", body, access_token())
    if "errors" in answer:
        sys.exit("\n".join(f"{error['extensions']['code']}: {error['message']}" for error in answer["errors"]))
    for series in answer["data"]["engagement"]["series"]:
        group = (series["group"] or {}).get("name", "")
        for point in series["points"]:
            # A figure of too few is hidden, and its counts are null: leave it out of sums, and show a gap in a chart.
            hidden = point["suppressed"]
            shown = f"hidden: {hidden}" if hidden else f"{point['numerator']} of {point['denominator']}"
            print(series["metric"], group, point["periodStart"], shown, sep="\t")


main()
