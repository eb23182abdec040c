"""Who may call: signatures as botocore makes them."""

from botocore.exceptions import ClientError
from conftest import client
import pytest


@pytest.mark.parametrize(
    "changes",
    [{"aws_secret_access_key": "wrong"}, {"aws_access_key_id": "unknown"}],
    ids=["a wrong secret", "an unknown key"],
)
def test_a_stranger_is_forbidden(changes):
    with pytest.raises(ClientError) as caught:
        client(**changes).get_apps()
    assert caught.value.response["Error"]["Code"] == "ForbiddenException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_scope_of_another_region_is_taken():
    assert "Item" in client(region_name="eu-west-1").get_apps()["ApplicationsResponse"]


def test_a_body_that_was_changed_after_signing_is_forbidden(pinpoint):
    def change(request, **_):
        request.body = request.body.replace(b"first", b"other")

    stranger = client()
    stranger.meta.events.register("before-send.pinpoint.CreateApp", change)
    with pytest.raises(ClientError) as caught:
        stranger.create_app(CreateApplicationRequest={"Name": "first"})
    assert caught.value.response["Error"]["Code"] == "ForbiddenException"
