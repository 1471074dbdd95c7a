"""One system that answers all the foreign connectors, and asserts what it must be asked."""

from __future__ import annotations

import json
from typing import Any

from gateway.synthetic.exchange import Question, Reply, json_reply


def _more(q: Question) -> Any:
    if q.path == "/gz/5":
        return {"id": 5, "name": "G5"}
    if q.path == "/gz/5/op":
        return [{"id": 1, "rating": 4, "gid": 5}]
    p = q.path
    if p.startswith("/gadgets/"):
        return {
            "id": p[9:],
            "name": q.target.partition("?")[2]
            + "|"
            + q.headers["x-two"]
            + "|"
            + q.headers["x-one"],
            "code": "c",
            "kind": "A",
        }
    if p == "/gadgets":
        return [{"id": 1, "name": "n", "code": "c", "kind": "A"}]
    if p.startswith("/void/"):
        return Reply(b"", status=204)
    if p.endswith("/size"):
        return {"size": 5}
    if p.startswith("/w/"):
        return {"id": p[3:], "name": "W" + p[3:]}
    if p == "/flights":
        return [{"id": 1, "from_code": "CGK", "to_code": "DPS"}]
    if p == "/airports":
        return [{"iata": x["code"], "n": "N-" + x["code"], "c": "C"} for x in json.loads(q.body)]
    return None


def system(q: Question) -> Any:  # noqa: C901, PLR0912, PLR0915 - one line for each path
    """The system of all of them: it asserts what it must be asked."""
    m = _more(q)
    if m is not None:
        return m
    p = q.path
    h = q.headers
    t = q.target
    query = t.partition("?")[2]
    if p == "/data/2.5/weather":
        return {
            "name": f"{q.query['q']}|{q.query['units']}|{q.query['appid']}",
            "coord": {"lat": -6.2, "lon": 106.6},
            "weather": [{"main": "Clouds", "description": "berawan"}],
            "main": {"temp": 31, "feels_like": 35.5},
            "wind": {"speed": 2.5, "deg": 90},
            "dt": 1700000000,
        }

    def prod(i):
        return {
            "id": int(i),
            "title": f"P{i}",
            "price": {"value": 10.5, "currency": "IDR"},
            "variants": [{"id": "v1", "color": "merah"}],
            "stock": 0 if str(i) == "2" else 3,
        }

    if p == "/shop/products":
        assert query == "limit=2", query
        return {"products": [prod(1), prod(2)]}
    if p.startswith("/shop/products/"):
        return prod(p.rsplit("/")[-1])
    if p == "/shop/reviews":
        return [{"id": "r", "rating": 5, "comment": "c", "product_id": int(q.query["product"])}][
            : int(q.query["n"])
        ]
    if t.startswith("/repos/a/b%2Fc"):
        assert h["authorization"] == "Bearer tok"
        assert h["accept"] == "application/vnd.github+json"
        assert h["x-github-api-version"] == "2022-11-28"
        return {
            "id": 77,
            "full_name": "a/b/c",
            "owner": {"login": "a"},
            "stargazers_count": 5,
            "license": None,
            "topics": ["x"],
            "fork": False,
        }
    if p == "/repos/a/b/issues":
        return [
            {"number": 1, "title": query, "labels": [{"name": "bug"}], "user": {"login": "u"}},
            {"number": 2, "title": "t", "labels": [], "user": None, "pull_request": {"url": "x"}},
        ]
    if p == "/search":
        assert h["content-type"] == "application/json"
        return {
            "took": 3,
            "hits": {
                "total": {"value": 1},
                "hits": [
                    {
                        "_id": "d1",
                        "_score": 1.5,
                        "_source": {"title": q.body.decode(), "tags": ["t"]},
                    }
                ],
            },
        }
    if p == "/v1/charges":
        assert h["content-type"].startswith("application/x-www-form-urlencoded")
        assert h["authorization"] == "Basic abc"
        return {"id": "ch1", "state": q.body.decode(), "paid": True}
    if p == "/v1/charges/x":
        return Reply(b"", status=204)
    if p == "/v1/tracks/t1":
        return {
            "id": "t1",
            "name": h["authorization"],
            "duration_ms": 201500,
            "artists": [{"id": 1, "name": "A"}],
            "album": {"id": 1, "name": "al", "images": [{"url": "u"}]},
            "headers": {"lang": h.get("accept-language")},
        }
    if p.startswith("/things/"):
        k = p[8:]
        if k == "ok":
            return {"id": "ok", "name": "ok"}
        if k == "soft":
            return {"error": {"message": "lunak", "type": "S"}}
        return json_reply({"error": {"message": f"tidak ada {k}", "type": "T"}}, status=int(k))
    if p == "/carts":
        return [
            {
                "id": "c1",
                "lines": [{"qty": 1, "item_id": 1}, {"qty": 2, "item_id": 2}],
                "owner_id": 7,
            },
            {
                "id": "c2",
                "lines": [{"qty": 3, "item_id": 3}, {"qty": 4, "item_id": 1}],
                "owner_id": 8,
            },
        ]
    if p == "/items/batch":
        ids = json.loads(q.body)["ids"]
        assert len(ids) <= 2, ids
        return {
            "items": [{"id": int(i), "name": f"I{i}", "price": int(i) * 1.5} for i in reversed(ids)]
        }
    if p.startswith("/people/"):
        k = p[8:]
        return {"id": k, "name": f"N{k}", "contact": {"email": f"{k}@x"}}
    if p == "/listings":
        return {"results": [{"id": "l1"}, {"id": "l2"}, {"id": "l3"}]}
    if p == "/listings/batch":
        assert query == "id=l1&id=l2&id=l3", query
        return [{"id": i, "title": f"T-{i}", "numOfBeds": 2} for i in ("l2", "l1")]
    if p == "/listings/batch2":
        assert query == "ids=l1%2Cl2%2Cl3", query
        return {"data": {i: {"title": f"T-{i}"} for i in ("l2", "l1")}}
    if p.startswith("/companies/"):
        k = p[11:]
        return {
            "id": k,
            "name": f"C-{k}",
            "address_street": "S",
            "address_city": "T",
            "lat": 1,
            "lng": 2,
            "employees": [1, 2],
            "departments": [{"code": "D", "teams": [{"name": "t", "lead_id": 2}]}],
        }
    if p.startswith("/employees/"):
        k = p[11:]
        return {"id": k, "name": f"E{k}", "company_id": f"k{k}"}
    if p.startswith("/tickets"):
        return {"id": "t9", "subject": q.body.decode(), "prio": "high"}
    if p == "/posts":
        return [{"id": 1, "title": "t", "body": "b", "userId": 3}]
    if p.startswith("/users/"):
        k = p[7:]
        return {
            "id": int(k),
            "name": f"U{k}",
            "username": "u",
            "company": {"name": "c", "catchPhrase": "s"},
        }
    if p == "/api/v2/trains":
        return [{"id": "k1", "best_seat": 4}, {"id": "k2", "best_seat": 5}]
    if p.startswith("/api/v2/seats/"):
        a, b = p.split("/")[-2:]
        return {"train": a, "no": int(b), "class": t}
    if p == "/people":
        return {
            "data": [{"id": "1", "name": "A"}, {"id": "2", "name": "B"}],
            "meta": {"next": query, "total": 9},
        }
    if p == "/m/x":
        return {"id": "x"}
    if p == "/m/x/basic":
        return {"id": "x", "firstName": "F", "lastName": "L"}
    if p == "/m/x/detail":
        assert query == "full=true"
        return {"id": "x", "address": {"street": "S", "city": "Y"}}
    if p == "/orders":
        return [{"id": 1, "customer_id": 9, "total": 2.5}]
    if p == "/tags":
        return ["a", "b"]
    if p == "/motd":
        return Reply(b"halo", "text/plain", headers={"X-Motd": "7"})
    if p == "/matrix":
        return {"rows": [[1, 2], [3]], "cells": [[{"v": 1}], [{"v": 2}, None]]}
    raise AssertionError(f"nobody asks for {q.method} {t}")
