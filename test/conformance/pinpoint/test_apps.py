"""Applications, their settings, tags, pages."""

import datetime

from botocore.exceptions import ClientError
from conftest import pages
import pytest


def test_an_application_is_made_read_and_listed(pinpoint, app):
    answer = pinpoint.get_app(ApplicationId=app)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    read = answer["ApplicationResponse"]
    assert read["Id"] == app and len(app) == 32
    assert read["Arn"].endswith(f":apps/{app}")
    datetime.datetime.fromisoformat(read["CreationDate"].replace("Z", "+00:00"))
    listed = pages(pinpoint.get_apps, "ApplicationsResponse", PageSize="100")
    assert app in [item["Id"] for page in listed for item in page]


def test_the_list_of_applications_comes_in_pages(pinpoint, app):
    other = pinpoint.create_app(CreateApplicationRequest={"Name": "second"})["ApplicationResponse"]["Id"]
    try:
        listed = pages(pinpoint.get_apps, "ApplicationsResponse", PageSize="1")
        assert all(len(page) <= 1 for page in listed)
        ids = [item["Id"] for page in listed for item in page]
        assert len(ids) == len(set(ids))
        assert {app, other} <= set(ids)
    finally:
        pinpoint.delete_app(ApplicationId=other)


def test_creating_answers_201(pinpoint):
    answer = pinpoint.create_app(CreateApplicationRequest={"Name": "한글 & <b>", "tags": {"team": "crm"}})
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    made = answer["ApplicationResponse"]
    assert made["Name"] == "한글 & <b>" and made["tags"] == {"team": "crm"}
    gone = pinpoint.delete_app(ApplicationId=made["Id"])
    assert gone["ApplicationResponse"]["Id"] == made["Id"]
    with pytest.raises(pinpoint.exceptions.NotFoundException):
        pinpoint.get_app(ApplicationId=made["Id"])


def test_settings_replace_one_another(pinpoint, app):
    limits = {"Daily": 3, "MessagesPerSecond": 50, "Total": 10}
    quiet = {"Start": "22:00", "End": "08:00"}
    pinpoint.update_application_settings(
        ApplicationId=app, WriteApplicationSettingsRequest={"Limits": limits, "QuietTime": quiet}
    )
    read = pinpoint.get_application_settings(ApplicationId=app)["ApplicationSettingsResource"]
    assert read["ApplicationId"] == app
    assert read["Limits"] == limits and read["QuietTime"] == quiet


def test_tags_of_an_arn_whose_slashes_are_escaped(pinpoint, app):
    arn = pinpoint.get_app(ApplicationId=app)["ApplicationResponse"]["Arn"]
    tags = {"팀": "마케팅", "cost centre": "a/b+c=d@e", "env": "test"}
    answer = pinpoint.tag_resource(ResourceArn=arn, TagsModel={"tags": tags})
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert pinpoint.list_tags_for_resource(ResourceArn=arn)["TagsModel"]["tags"] == tags
    pinpoint.untag_resource(ResourceArn=arn, TagKeys=["cost centre", "팀"])
    assert pinpoint.list_tags_for_resource(ResourceArn=arn)["TagsModel"]["tags"] == {"env": "test"}


def test_channels_are_read(pinpoint, app):
    channels = pinpoint.get_channels(ApplicationId=app)["ChannelsResponse"]["Channels"]
    assert channels["EMAIL"]["Enabled"] is True


def test_what_is_not_there_yet_says_so(pinpoint, app):
    with pytest.raises(ClientError) as caught:
        pinpoint.list_journeys(ApplicationId=app)
    assert caught.value.response["Error"]["Code"] == "MethodNotAllowedException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 405
