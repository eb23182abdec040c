"""Endpoints and users; ids that make botocore and the engine escape a path alike."""

from botocore.exceptions import ClientError
import pytest

ODD_IDS = [
    "plain",
    "with space",
    "a+b",
    "a/b",
    "a%2Fb",
    "a?b=c&d",
    "a=b;c:d,e",
    "café",
    "한글",
    "😀",
    "(a)!*'~",
    "[x]{y}|z\\w^`",
    '<"quoted">',
    "user@example.com",
]


def push(address, **more):
    return {"ChannelType": "GCM", "Address": address, **more}


@pytest.mark.parametrize("id", ODD_IDS)
def test_an_id_comes_back_as_it_was(pinpoint, app, id):
    answer = pinpoint.update_endpoint(
        ApplicationId=app, EndpointId=id, EndpointRequest=push(f"token of {id}", User={"UserId": id})
    )
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert answer["MessageBody"]["Message"] == "Accepted"
    read = pinpoint.get_endpoint(ApplicationId=app, EndpointId=id)["EndpointResponse"]
    assert read["Id"] == id and read["Address"] == f"token of {id}"
    of_user = pinpoint.get_user_endpoints(ApplicationId=app, UserId=id)["EndpointsResponse"]["Item"]
    assert [item["Id"] for item in of_user] == [id]
    gone = pinpoint.delete_endpoint(ApplicationId=app, EndpointId=id)
    assert gone["ResponseMetadata"]["HTTPStatusCode"] == 202
    with pytest.raises(pinpoint.exceptions.NotFoundException):
        pinpoint.get_endpoint(ApplicationId=app, EndpointId=id)


@pytest.mark.parametrize("id", [".", ".."])
def test_an_id_of_dots_which_is_no_part_of_a_path_is_a_bad_request(pinpoint, app, id):
    with pytest.raises(pinpoint.exceptions.BadRequestException, match="only dots"):
        pinpoint.update_endpoint(ApplicationId=app, EndpointId=id, EndpointRequest=push("x"))


def test_an_endpoint_has_what_was_written_and_merges(pinpoint, app):
    whole = {
        "ChannelType": "EMAIL",
        "Address": "a@example.com",
        "Attributes": {"좋아하는": ["신발", "가방"], "a b": ["c/d"]},
        "Demographic": {"Locale": "ko_KR", "Timezone": "Asia/Seoul", "Platform": "ios"},
        "Location": {"City": "서울", "Country": "KR", "Latitude": 37.5, "Longitude": -0.25},
        "Metrics": {"age": 30.0, "rate": 0.125},
        "OptOut": "NONE",
        "User": {"UserId": "u1", "UserAttributes": {"grade": ["GOLD"]}},
    }
    pinpoint.update_endpoint(ApplicationId=app, EndpointId="e", EndpointRequest=whole)
    pinpoint.update_endpoint(
        ApplicationId=app, EndpointId="e", EndpointRequest={"Location": {"City": "부산"}, "OptOut": "ALL"}
    )
    read = pinpoint.get_endpoint(ApplicationId=app, EndpointId="e")["EndpointResponse"]
    expected = {**whole, "OptOut": "ALL", "Location": {**whole["Location"], "City": "부산"}}
    assert {name: read[name] for name in expected} == expected
    assert read["EndpointStatus"] == "ACTIVE" and read["ApplicationId"] == app
    assert 0 <= int(read["CohortId"]) <= 99


def test_a_batch_writes_all_of_its_endpoints(pinpoint, app):
    items = [
        {**push(f"t{n}"), "Id": f"b{n}", "User": {"UserId": "shared", "UserAttributes": {"n": [str(n)]}}}
        for n in range(10)
    ]
    answer = pinpoint.update_endpoints_batch(ApplicationId=app, EndpointBatchRequest={"Item": items})
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    found = pinpoint.get_user_endpoints(ApplicationId=app, UserId="shared")["EndpointsResponse"]["Item"]
    assert sorted(item["Id"] for item in found) == sorted(item["Id"] for item in items)
    # Attributes of a user belong to the user: each of the endpoints has the last ones.
    assert len({tuple(item["User"]["UserAttributes"]["n"]) for item in found}) == 1
    gone = pinpoint.delete_user_endpoints(ApplicationId=app, UserId="shared")
    assert len(gone["EndpointsResponse"]["Item"]) == 10
    with pytest.raises(pinpoint.exceptions.NotFoundException):
        pinpoint.get_user_endpoints(ApplicationId=app, UserId="shared")


def test_an_address_belongs_to_the_endpoint_that_gave_it_last(pinpoint, app):
    for id in ("first", "second"):
        pinpoint.update_endpoint(ApplicationId=app, EndpointId=id, EndpointRequest=push("same"))
    statuses = [
        pinpoint.get_endpoint(ApplicationId=app, EndpointId=id)["EndpointResponse"]["EndpointStatus"]
        for id in ("first", "second")
    ]
    assert statuses == ["INACTIVE", "ACTIVE"]


@pytest.mark.parametrize(
    "request_, word",
    [
        ({"ChannelType": "PIGEON", "Address": "x"}, "ChannelType"),
        ({"ChannelType": "GCM", "Address": "x", "Attributes": {"a" * 51: ["b"]}}, "Attributes"),
        ({"ChannelType": "GCM", "Address": "x", "OptOut": "SOME"}, "OptOut"),
        ({"ChannelType": "GCM", "Address": "x", "EndpointStatus": "GONE"}, "EndpointStatus"),
    ],
)
def test_a_bad_endpoint_is_a_bad_request_that_names_the_member(pinpoint, app, request_, word):
    with pytest.raises(pinpoint.exceptions.BadRequestException) as caught:
        pinpoint.update_endpoint(ApplicationId=app, EndpointId="bad", EndpointRequest=request_)
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert word in response["Error"]["Message"]


def test_an_unknown_application_is_not_found(pinpoint):
    with pytest.raises(ClientError) as caught:
        pinpoint.update_endpoint(ApplicationId="0" * 32, EndpointId="e", EndpointRequest=push("x"))
    assert caught.value.response["Error"]["Code"] == "NotFoundException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
