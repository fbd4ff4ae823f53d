"""Drives a Salesforce org with simple-salesforce, unchanged, and checks what comes back.

Usage: drive.py URL   (http://127.0.0.1:PORT)

Exits with 0 when everything was as that client expects it; a failure is a traceback.
"""

import csv
import io
import sys

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)


class Plain(HTTPAdapter):
    """The client writes https:// before every address; the org under test speaks HTTP."""

    def send(self, request, **options):
        request.url = "http" + request.url[len("https"):]
        return super().send(request, **options)


def connect(url):
    form = {
        "grant_type": "client_credentials",
        "client_id": "demo-client",
        "client_secret": "demo-secret",
    }
    token = requests.post(url + "/services/oauth2/token", data=form, timeout=30).json()
    session = requests.Session()
    session.mount("https://", Plain())
    return Salesforce(
        instance_url=url.replace("http://", "https://"), session_id=token["access_token"],
        session=session, version="66.0")


def expect(value, wanted):
    if value != wanted:
        raise AssertionError("%r is not %r" % (value, wanted))


def single_records(org):
    created = org.Contact.create({"LastName": "Lovelace", "Email": "ADA@example.com"})
    expect(created["success"], True)
    key = created["id"]
    expect(org.Contact.update(key, {"Title": "Countess"}), 204)
    record = org.Contact.get(key)
    expect((record["Email"], record["Title"]), ("ada@example.com", "Countess"))
    expect(org.Contact.upsert("External_Id__c/k-1", {"LastName": "Hopper"}), 201)
    expect(org.Contact.upsert("External_Id__c/K-1", {"Title": "Admiral"}), 200)
    record = org.Contact.get_by_custom_id("External_Id__c", "k-1")
    expect((record["LastName"], record["Title"]), ("Hopper", "Admiral"))
    names = [field["name"] for field in org.Contact.describe()["fields"]]
    expect("External_Id__c" in names, True)
    expect(org.Contact.delete(key), 204)
    expect(org.query("SELECT Id FROM Contact")["totalSize"], 1)
    deleted = org.query("SELECT Id FROM Contact WHERE IsDeleted = true", include_deleted=True)
    expect([row["Id"] for row in deleted["records"]], [key])


def failures(org):
    for error, call in [
        (SalesforceMalformedRequest, lambda: org.Contact.create({"FirstName": "x"})),
        (SalesforceMalformedRequest, lambda: org.query("SELECT Nothing FROM Contact")),
        (SalesforceResourceNotFound, lambda: org.Contact.get("003000000000001AAA")),
    ]:
        try:
            call()
        except error as found:
            expect(isinstance(found.content[0]["errorCode"], str), True)
        else:
            raise AssertionError("no %s" % error.__name__)
    for _ in range(2):
        org.Lead.create({"LastName": "Twin", "Company": "x", "Email": "twin@example.com"})
    try:
        org.Lead.upsert("Email/twin@example.com", {"Title": "x"})
    except SalesforceMoreThanOneRecord as found:
        expect(len(found.content), 2)
    else:
        raise AssertionError("an upsert that matches two records wrote one")


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def bulk(org, count):
    people = [{"LastName": "n%d" % i, "External_Id__c": "b%d" % i} for i in range(count)]
    job = org.bulk2.Contact.insert(records=people, wait=0)[0]
    expect((job["numberRecordsProcessed"], job["numberRecordsFailed"]), (count, 0))
    ids = rows(org.bulk2.Contact.get_successful_records(job["job_id"]))
    expect({row["sf__Created"] for row in ids}, {"true"})
    expect(len({row["External_Id__c"] for row in ids}), count)
    changes = [
        {"External_Id__c": "b0", "LastName": "changed, \"twice\"", "Email": "#N/A"},
        {"External_Id__c": "new", "LastName": "new", "Email": "new@example.com"},
        {"External_Id__c": "bad", "LastName": "bad", "Email": "nowhere"},
    ]
    job = org.bulk2.Contact.upsert(
        records=changes, external_id_field="External_Id__c", wait=0)[0]
    expect((job["numberRecordsProcessed"], job["numberRecordsFailed"]), (3, 1))
    failed = rows(org.bulk2.Contact.get_failed_records(job["job_id"]))
    expect([row["External_Id__c"] for row in failed], ["bad"])
    expect(failed[0]["sf__Error"].startswith("INVALID_EMAIL_ADDRESS:"), True)
    everything = org.bulk2.Contact.get_all_ingest_records(job["job_id"])
    expect(len(everything["successfulRecords"]), 2)
    statement = "SELECT External_Id__c, LastName FROM Contact ORDER BY External_Id__c"
    pages = list(org.bulk2.Contact.query(statement, max_records=1000, wait=0))
    found = [row for page in pages for row in rows(page)]
    expect(len(found), count + 2)
    by_key = {row["External_Id__c"]: row["LastName"] for row in found}
    expect(by_key["b0"], "changed, \"twice\"")
    gone = [{"Id": row["sf__Id"]} for row in ids if row["External_Id__c"] == "b1"]
    job = org.bulk2.Contact.delete(records=gone, wait=0)[0]
    expect(job["numberRecordsFailed"], 0)


def paging(org, count):
    statement = "SELECT Id, LastName FROM Contact"
    first = org.query(statement)
    expect((first["totalSize"], len(first["records"]), first["done"]), (count, 2000, False))
    second = org.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    expect((len(second["records"]), second["done"]), (count - 2000, True))
    expect(len(org.query_all(statement)["records"]), count)


def many_at_once(org):
    records = [
        {"attributes": {"type": "Account"}, "Name": "a"},
        {"attributes": {"type": "Account"}, "Phone": "1"},
    ]
    answer = org.restful("composite/sobjects", method="POST", json={"records": records})
    expect([item["success"] for item in answer], [True, False])
    url = "/services/data/v66.0/query?q=SELECT Name FROM Account"
    part = {"method": "GET", "url": url, "referenceId": "find"}
    answer = org.restful("composite", method="POST", json={"compositeRequest": [part]})
    expect(answer["compositeResponse"][0]["body"]["totalSize"], 1)
    expect(org.limits()["DailyApiRequests"]["Max"], 15000)
    expect(org.api_usage["api-usage"].total, 15000)


def main():
    org = connect(sys.argv[1])
    single_records(org)
    failures(org)
    bulk(org, 2100)
    paging(org, 2101)
    many_at_once(org)


main()
