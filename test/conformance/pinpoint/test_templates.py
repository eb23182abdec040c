"""Stored templates: made, versioned, listed, deleted."""

import json
import uuid

import pytest


@pytest.fixture
def name():
    # Templates belong to the account: a name of the test's own.
    return f"conformance-{uuid.uuid4().hex}"


def test_an_email_template_has_versions(pinpoint, name):
    request = {
        "Subject": "{{User.UserId}}님",
        "HtmlPart": "<p>안녕하세요 {{upper User.UserAttributes.grade.[0]}}</p>",
        "DefaultSubstitutions": json.dumps({"User.UserAttributes.grade": "NEW"}),
        "TemplateDescription": "첫 번째",
    }
    made = pinpoint.create_email_template(TemplateName=name, EmailTemplateRequest={**request, "tags": {"a": "b"}})
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert made["CreateTemplateMessageBody"]["Arn"].endswith(f"templates/{name}/EMAIL")
    pinpoint.update_email_template(
        TemplateName=name, CreateNewVersion=True, EmailTemplateRequest={**request, "Subject": "둘"}
    )
    active = pinpoint.get_email_template(TemplateName=name)["EmailTemplateResponse"]
    assert (active["Version"], active["Subject"], active["tags"]) == ("1", request["Subject"], {"a": "b"})
    assert json.loads(active["DefaultSubstitutions"]) == {"User.UserAttributes.grade": "NEW"}
    pinpoint.update_template_active_version(
        TemplateName=name, TemplateType="EMAIL", TemplateActiveVersionRequest={"Version": "latest"}
    )
    assert pinpoint.get_email_template(TemplateName=name)["EmailTemplateResponse"]["Subject"] == "둘"
    versions = pinpoint.list_template_versions(TemplateName=name, TemplateType="EMAIL")["TemplateVersionsResponse"]
    assert [item["Version"] for item in versions["Item"]] == ["2", "1"]
    gone = pinpoint.delete_email_template(TemplateName=name)
    assert gone["ResponseMetadata"]["HTTPStatusCode"] == 202
    with pytest.raises(pinpoint.exceptions.NotFoundException):
        pinpoint.get_email_template(TemplateName=name)


def test_sms_and_push_templates_are_listed_by_prefix_in_pages(pinpoint, name):
    pinpoint.create_sms_template(TemplateName=name, SMSTemplateRequest={"Body": "쿠폰 {{Attributes.code}}"})
    pinpoint.create_push_template(
        TemplateName=name, PushNotificationTemplateRequest={"Default": {"Title": "t", "Body": "b", "Action": "OPEN_APP"}}
    )
    first = pinpoint.list_templates(Prefix=name, PageSize="1")["TemplatesResponse"]
    second = pinpoint.list_templates(Prefix=name, PageSize="1", NextToken=first["NextToken"])["TemplatesResponse"]
    assert {first["Item"][0]["TemplateType"], second["Item"][0]["TemplateType"]} == {"SMS", "PUSH"}
    only = pinpoint.list_templates(Prefix=name, TemplateType="SMS")["TemplatesResponse"]["Item"]
    assert [item["TemplateName"] for item in only] == [name]
    assert pinpoint.get_push_template(TemplateName=name)["PushNotificationTemplateResponse"]["Default"]["Title"] == "t"
    pinpoint.delete_sms_template(TemplateName=name)
    pinpoint.delete_push_template(TemplateName=name)


@pytest.mark.parametrize("body", ["{{#if}}", "{{nosuchhelper 1 2}}", "x" * 1601])
def test_a_template_that_cannot_work_is_a_bad_request(pinpoint, name, body):
    with pytest.raises(pinpoint.exceptions.BadRequestException):
        pinpoint.create_sms_template(TemplateName=name, SMSTemplateRequest={"Body": body})
