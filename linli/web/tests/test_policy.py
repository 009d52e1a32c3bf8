"""The policy of the settings goes out with every page."""


def test_every_answer_carries_the_policy(client, db):
    for path in ("/healthz", "/"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
