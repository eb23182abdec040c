"""What every test needs: the Pinpoint client as boto3 makes it, an application of its own, lists in S3."""

import json
import os
import time
import uuid

import boto3
import pytest

FACTS = json.loads(os.environ["REPOINT_FACTS"])
ROLE = "arn:aws:iam::000000000000:role/import"
OVER = {"COMPLETED", "FAILED"}


def pages(operation, key, token="Token", **arguments):
    """Follows NextToken to its end; gives the items of each page."""
    found = []
    while True:
        page = operation(**arguments)[key]
        found.append(page.get("Item", []))
        if not page.get("NextToken"):
            return found
        arguments[token] = page["NextToken"]


def until(ask, satisfied, seconds=60):
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if satisfied(answer):
            return answer
        assert time.monotonic() < end, f"not within {seconds} s; last answer: {answer}"
        time.sleep(0.4)


def client(**changes):
    engine = FACTS["engine"]
    return boto3.client(
        "pinpoint",
        **{
            "endpoint_url": engine["endpoint"],
            "region_name": engine["region"],
            "aws_access_key_id": engine["accessKeyId"],
            "aws_secret_access_key": engine["secretAccessKey"],
            **changes,
        },
    )


@pytest.fixture(scope="session")
def pinpoint():
    return client()


@pytest.fixture
def app(pinpoint):
    made = pinpoint.create_app(CreateApplicationRequest={"Name": f"conformance {uuid.uuid4()}"})
    yield made["ApplicationResponse"]["Id"]
    pinpoint.delete_app(ApplicationId=made["ApplicationResponse"]["Id"])


@pytest.fixture(scope="session")
def put_list():
    """Writes an import list; gives its URL."""
    s3 = boto3.client(
        "s3",
        endpoint_url=FACTS["aws"]["s3"],
        region_name=FACTS["engine"]["region"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=boto3.session.Config(s3={"addressing_style": "path"}),
    )
    bucket = FACTS["names"]["bucket:lake"]

    def put(text, name="list.json"):
        key = f"conformance/{uuid.uuid4()}/{name}"
        s3.put_object(Bucket=bucket, Key=key, Body=text.encode())
        return f"s3://{bucket}/{key}"

    return put


@pytest.fixture
def segment(pinpoint, app, put_list):
    """Imports lines (objects) and waits for the job; gives the segment's id."""

    def make(lines, **request):
        text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
        job = pinpoint.create_import_job(
            ApplicationId=app,
            ImportJobRequest={
                "Format": "JSON",
                "S3Url": put_list(text),
                "RoleArn": ROLE,
                "DefineSegment": True,
                "RegisterEndpoints": True,
                "SegmentName": "everybody",
                **request,
            },
        )["ImportJobResponse"]
        done = until(
            lambda: pinpoint.get_import_job(ApplicationId=app, JobId=job["Id"])["ImportJobResponse"],
            lambda now: now["JobStatus"] in OVER,
        )
        assert done["JobStatus"] == "COMPLETED", done
        return done["Definition"]["SegmentId"]

    return make
