"""Import jobs, segments, campaigns and what becomes of them."""

import datetime
import json

from botocore.exceptions import ClientError
from conftest import ROLE, pages, until
import pytest

TEXT = {"GCMMessage": {"Title": "안녕하세요 {{User.UserId}}님", "Body": "신제품"}}
# Ten as boto3 writes them; half of them e-mail.
PEOPLE = [
    {
        "Id": f"p{n}",
        "ChannelType": "GCM" if n % 2 == 0 else "EMAIL",
        "Address": f"token-{n}" if n % 2 == 0 else f"p{n}@example.com",
        "User": {"UserId": f"u{n}", "UserAttributes": {"grade": ["GOLD"]}},
    }
    for n in range(10)
]


def in_an_hour():
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)).isoformat(
        timespec="seconds"
    )


@pytest.fixture
def campaign(pinpoint, app):
    def make(segment_id, **request):
        answer = pinpoint.create_campaign(
            ApplicationId=app,
            WriteCampaignRequest={
                "Name": "conformance",
                "SegmentId": segment_id,
                "Schedule": {"StartTime": "IMMEDIATE"},
                "MessageConfiguration": TEXT,
                **request,
            },
        )
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
        return answer["CampaignResponse"]

    return make


def finished(pinpoint, app, id):
    return until(
        lambda: pinpoint.get_campaign(ApplicationId=app, CampaignId=id)["CampaignResponse"],
        lambda now: now["State"]["CampaignStatus"] in ("COMPLETED", "INVALID", "DELETED"),
    )


def test_an_import_defines_a_segment(pinpoint, app, segment):
    id = segment(PEOPLE)
    read = pinpoint.get_segment(ApplicationId=app, SegmentId=id)["SegmentResponse"]
    assert read["SegmentType"] == "IMPORT" and read["Name"] == "everybody" and read["Version"] == 1
    assert read["ImportDefinition"]["Size"] == 10
    assert read["ImportDefinition"]["ChannelCounts"] == {"GCM": 5, "EMAIL": 5}
    listed = pinpoint.get_segments(ApplicationId=app)["SegmentsResponse"]["Item"]
    assert [item["Id"] for item in listed] == [id]
    assert pinpoint.get_segment_versions(ApplicationId=app, SegmentId=id)["SegmentsResponse"]["Item"]
    jobs = pinpoint.get_segment_import_jobs(ApplicationId=app, SegmentId=id)["ImportJobsResponse"]["Item"]
    assert jobs[0]["JobStatus"] == "COMPLETED" and jobs[0]["TotalProcessed"] == 10
    assert pinpoint.get_endpoint(ApplicationId=app, EndpointId="p4")["EndpointResponse"]["User"]["UserId"] == "u4"


def test_a_csv_with_pinpoint_s_headers_is_imported(pinpoint, app, put_list):
    text = (
        "ChannelType,Address,Id,User.UserId,User.UserAttributes.tags,User.UserAttributes.tags,Metrics.age\n"
        'EMAIL,"a,b@example.com",c1,u1,new,"vip ""1""",31\n'
    )
    job = pinpoint.create_import_job(
        ApplicationId=app,
        ImportJobRequest={
            "Format": "CSV",
            "S3Url": put_list(text, "list.csv"),
            "RoleArn": ROLE,
            "RegisterEndpoints": True,
        },
    )["ImportJobResponse"]
    done = until(
        lambda: pinpoint.get_import_job(ApplicationId=app, JobId=job["Id"])["ImportJobResponse"],
        lambda now: now["JobStatus"] in ("COMPLETED", "FAILED"),
    )
    assert (done["JobStatus"], done["TotalFailures"]) == ("COMPLETED", 0)
    read = pinpoint.get_endpoint(ApplicationId=app, EndpointId="c1")["EndpointResponse"]
    assert read["Address"] == "a,b@example.com" and read["Metrics"] == {"age": 31.0}
    assert sorted(read["User"]["UserAttributes"]["tags"]) == ["new", 'vip "1"']


def test_an_immediate_campaign_reaches_its_segment(pinpoint, app, segment, campaign):
    made = campaign(segment(PEOPLE), tags={"shop": "one"})
    assert made["Schedule"]["StartTime"] == "IMMEDIATE" and made["Version"] == 1
    assert made["State"]["CampaignStatus"] in ("SCHEDULED", "EXECUTING")
    done = finished(pinpoint, app, made["Id"])
    assert done["State"]["CampaignStatus"] == "COMPLETED" and done["tags"] == {"shop": "one"}
    (activity,) = pinpoint.get_campaign_activities(ApplicationId=app, CampaignId=made["Id"])["ActivitiesResponse"][
        "Item"
    ]
    assert (activity["State"], activity["Result"]) == ("COMPLETED", "SUCCESS")
    assert (activity["TotalEndpointCount"], activity["SuccessfulEndpointCount"]) == (5, 5)


def test_treatments_share_the_segment_with_the_holdout(pinpoint, app, segment, campaign):
    people = [
        {"Id": f"m{n}", "ChannelType": "GCM", "Address": f"m-{n}", "User": {"UserId": f"m{n}"}} for n in range(100)
    ]
    made = campaign(
        segment(people),
        HoldoutPercent=20,
        TreatmentName="A",
        AdditionalTreatments=[
            {
                "SizePercent": 40,
                "TreatmentName": "B",
                "MessageConfiguration": {"GCMMessage": {"Title": "B", "Body": "B"}},
            }
        ],
    )
    assert [item["TreatmentName"] for item in made["AdditionalTreatments"]] == ["B"]
    assert finished(pinpoint, app, made["Id"])["State"]["CampaignStatus"] == "COMPLETED"
    activities = pinpoint.get_campaign_activities(ApplicationId=app, CampaignId=made["Id"])["ActivitiesResponse"][
        "Item"
    ]
    assert sorted(item["TreatmentId"] for item in activities) == ["0", "1"]
    sent = sum(item["SuccessfulEndpointCount"] for item in activities)
    held = max(int(item["ExecutionMetrics"].get("TREATMENT_HOLDOUT", "0")) for item in activities)
    assert sent + held == 100 and held > 0 and all(item["SuccessfulEndpointCount"] > 0 for item in activities)


def test_a_later_campaign_is_paused_resumed_changed_and_deleted(pinpoint, app, segment, campaign):
    id = campaign(segment(PEOPLE), Schedule={"StartTime": in_an_hour()})["Id"]

    def update(**request):
        return pinpoint.update_campaign(ApplicationId=app, CampaignId=id, WriteCampaignRequest=request)[
            "CampaignResponse"
        ]

    paused = update(IsPaused=True)
    assert paused["IsPaused"] is True and paused["State"]["CampaignStatus"] == "PAUSED"
    assert update(IsPaused=False)["State"]["CampaignStatus"] == "SCHEDULED"
    renamed = update(Name="새 이름")
    assert renamed["Name"] == "새 이름" and renamed["Version"] == 4 and renamed["MessageConfiguration"] == TEXT
    gone = pinpoint.delete_campaign(ApplicationId=app, CampaignId=id)["CampaignResponse"]
    assert gone["State"]["CampaignStatus"] == "DELETED"
    with pytest.raises(pinpoint.exceptions.NotFoundException):
        pinpoint.get_campaign(ApplicationId=app, CampaignId=id)


def test_a_running_campaign_is_paused_and_cancelled(pinpoint, app, segment, campaign):
    people = [{"Id": f"s{n}", "ChannelType": "GCM", "Address": f"s-{n}", "User": {"UserId": f"s{n}"}} for n in range(60)]
    id = campaign(segment(people), Limits={"MessagesPerSecond": 1})["Id"]

    def activity():
        found = pinpoint.get_campaign_activities(ApplicationId=app, CampaignId=id)["ActivitiesResponse"]["Item"]
        return found[0] if found else {}

    until(activity, lambda now: now.get("SuccessfulEndpointCount", 0) > 0)
    pinpoint.update_campaign(ApplicationId=app, CampaignId=id, WriteCampaignRequest={"IsPaused": True})
    paused = until(activity, lambda now: now.get("State") == "PAUSED")
    assert paused["ExecutionMetrics"]["PAUSED"] == "REQUESTED"
    read = pinpoint.get_campaign(ApplicationId=app, CampaignId=id)["CampaignResponse"]
    assert read["IsPaused"] is True and read["State"]["CampaignStatus"] == "PAUSED"
    pinpoint.delete_campaign(ApplicationId=app, CampaignId=id)
    over = until(activity, lambda now: now["State"] == "CANCELLED" and "OPEN" not in now["ExecutionMetrics"])
    assert over["TotalEndpointCount"] == 60 and 0 < over["SuccessfulEndpointCount"] < 60
    counts = {name: int(over["ExecutionMetrics"].get(name, "0")) for name in ("SENT", "FAILED", "SKIPPED", "UNCERTAIN")}
    assert sum(counts.values()) == 60 and counts["SKIPPED"] == 60 - counts["SENT"]


def test_campaigns_come_in_pages(pinpoint, app, segment, campaign):
    segment_id = segment(PEOPLE)
    made = {campaign(segment_id, Schedule={"StartTime": in_an_hour()})["Id"] for _ in range(5)}
    listed = pages(pinpoint.get_campaigns, "CampaignsResponse", ApplicationId=app, PageSize="2")
    assert all(len(page) <= 2 for page in listed)
    ids = [item["Id"] for page in listed for item in page]
    assert len(ids) == len(set(ids)) and set(ids) == made


def code_of(call):
    with pytest.raises(ClientError) as caught:
        call()
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Message"]


@pytest.mark.parametrize(
    "request_, word",
    [
        ({"HoldoutPercent": 101}, "HoldoutPercent"),
        ({"Schedule": {"StartTime": "soon"}}, "StartTime"),
        ({"Limits": {"MessagesPerSecond": 0}}, "MessagesPerSecond"),
        ({"MessageConfiguration": {"GCMMessage": {"Title": "{{#nonsense}}"}}}, "nonsense"),
    ],
)
def test_a_bad_campaign_is_a_bad_request_that_names_the_member(pinpoint, app, segment, request_, word):
    good = {"Name": "x", "SegmentId": segment(PEOPLE), "Schedule": {"StartTime": "IMMEDIATE"}, "MessageConfiguration": TEXT}
    code, status, message = code_of(
        lambda: pinpoint.create_campaign(ApplicationId=app, WriteCampaignRequest={**good, **request_})
    )
    assert (code, status) == ("BadRequestException", 400) and word in message


def test_pages_of_nonsense_are_bad_requests(pinpoint, app):
    for arguments in ({"PageSize": "0"}, {"PageSize": "many"}, {"Token": "no token"}):
        code, status, _ = code_of(lambda: pinpoint.get_campaigns(ApplicationId=app, **arguments))
        assert (code, status) == ("BadRequestException", 400), arguments


def test_what_is_not_there_is_not_found(pinpoint, app):
    for call in (
        lambda: pinpoint.get_campaign(ApplicationId=app, CampaignId="x"),
        lambda: pinpoint.create_campaign(
            ApplicationId=app,
            WriteCampaignRequest={
                "Name": "x",
                "SegmentId": "x",
                "Schedule": {"StartTime": "IMMEDIATE"},
                "MessageConfiguration": TEXT,
            },
        ),
        lambda: pinpoint.get_segment(ApplicationId=app, SegmentId="x"),
        lambda: pinpoint.get_import_job(ApplicationId=app, JobId="x"),
        lambda: pinpoint.delete_campaign(ApplicationId=app, CampaignId="x"),
    ):
        assert code_of(call)[:2] == ("NotFoundException", 404)


def test_a_list_that_is_not_there_fails_its_job(pinpoint, app, put_list):
    job = pinpoint.create_import_job(
        ApplicationId=app,
        ImportJobRequest={
            "Format": "JSON",
            "S3Url": put_list(json.dumps(PEOPLE[0])) + ".gone",
            "RoleArn": ROLE,
            "RegisterEndpoints": True,
        },
    )["ImportJobResponse"]
    done = until(
        lambda: pinpoint.get_import_job(ApplicationId=app, JobId=job["Id"])["ImportJobResponse"],
        lambda now: now["JobStatus"] in ("COMPLETED", "FAILED"),
    )
    assert done["JobStatus"] == "FAILED" and done["Failures"]
