"""Drives a server that speaks Mastodon's API with an independent client. Arguments: address, token of the company, token of a customer.
Prints one line of JSON with what it saw."""
import json
import sys

from mastodon import Mastodon, MastodonNotFoundError

url, company, customer = sys.argv[1:4]
us = Mastodon(access_token=company, api_base_url=url, version_check_mode="none")
them = Mastodon(access_token=customer, api_base_url=url, version_check_mode="none")
seen = {"us": us.account_verify_credentials().acct}

posts = [them.status_post("@acme number %d #acme" % i) for i in range(5)]
page = us.notifications(types=["mention"], limit=2)
seen["newest"] = [n.status.content.count("number %d" % i) for n, i in zip(page, (4, 3))]
older = us.fetch_next(page)
seen["older"] = [n.status.id for n in older] == [posts[2].id, posts[1].id]
newer = us.fetch_previous(older)
seen["newer"] = [n.status.id for n in newer] == [posts[4].id, posts[3].id]
after = us.notifications(types=["mention"], limit=2, min_id=us.notifications(types=["mention"])[4].id)
seen["min_id"] = [n.status.id for n in after] == [posts[2].id, posts[1].id]
since = us.notifications(types=["mention"], limit=2, since_id=us.notifications(types=["mention"])[4].id)
seen["since_id"] = [n.status.id for n in since] == [posts[4].id, posts[3].id]
seen["tag"] = len(us.timeline_hashtag("acme", limit=40))

first = us.status_post("@mira sorry", in_reply_to_id=posts[0], idempotency_key="k1")
second = us.status_post("@mira sorry", in_reply_to_id=posts[0], idempotency_key="k1")
seen["idempotent"] = first.id == second.id
seen["answers"] = len(them.status_context(posts[0]).descendants)
seen["parent"] = first.in_reply_to_id == posts[0].id
seen["told"] = them.notifications(types=["mention"])[0].status.in_reply_to_id == posts[0].id
them.status_delete(posts[4])
try:
    us.status(posts[4])
    seen["deleted"] = False
except MastodonNotFoundError:
    seen["deleted"] = len(us.notifications(types=["mention"])) == 4
print(json.dumps(seen))
