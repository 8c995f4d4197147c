"""A person at a terminal: asked for what is missing, told what to paste, asked to press Enter, told how it is."""

import json
import os
import pty
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.acceptance.aws.conftest import Customer, Service
from tests.builders.command import environment

PATIENCE_SECONDS = 60


class Person:
    """Somebody who reads questions on a terminal and documents on stdout, and types answers."""

    def __init__(self, service: Service, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        self._papers: Path = service.folder / "stdout"
        self._asked = b""
        with self._papers.open("wb") as papers:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "crmsnap", *arguments],
                stdin=theirs,
                stdout=papers,
                stderr=theirs,
                cwd=service.folder,
                env=environment(**service.variables, TERM="xterm-256color", NO_COLOR="1"),
                start_new_session=True,
            )
        os.close(theirs)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        os.close(self._ours)

    @property
    def papers(self) -> str:
        """What stands on stdout so far."""
        return self._papers.read_text()

    def answers(self, question: str, answer: str) -> None:
        """Wait for a question that was not answered yet, and answer it."""
        self.is_asked(question)
        os.write(self._ours, answer.encode() + b"\n")

    def is_asked(self, question: str) -> None:
        """Wait for a question that was not answered yet."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while question.encode() not in self._asked:
            assert time.monotonic() < deadline, f"never asked {question!r}: {self._asked!r}"
            assert self._process.poll() is None, f"ended before {question!r}: {self._asked!r}"
            time.sleep(0.02)
        self._asked = self._asked.partition(question.encode())[2]

    def exit_code(self) -> int:
        """Wait for the end."""
        return self._process.wait(PATIENCE_SECONDS)

    def _read(self) -> None:
        try:
            while data := os.read(self._ours, 65536):
                self._asked += data
        except OSError:
            return  # the other end was closed


def external_id(papers: str) -> str:
    """The id that was shown."""
    found = re.search(r"STORAGE_AWS_EXTERNAL_ID\)\n([0-9a-f-]{36})\n", papers)
    assert found
    return found[1]


def test_a_person_is_led_through_all_of_it(crmsnap_service: Service, customer: Customer) -> None:
    """Nothing is known before; a slip in between is mended without starting again."""
    with Person(crmsnap_service, "connect", "aws") as person:
        person.answers("Name of the connection [hubspot]: ", "acme")
        person.answers("S3 URL path: ", customer.place)
        person.answers("IAM role (its ARN, or its name): ", customer.role)
        person.answers("AWS account id of the role (12 digits): ", "222222222222")
        person.answers("if it has one of its own: ", "")
        person.answers("Variable that holds the HubSpot token [HUBSPOT_TOKEN]: ", "")
        person.answers("Press Enter when it is saved in AWS", "")  # it is not
        person.is_asked("Press Enter when it is saved in AWS")
        save(person.papers, customer)
        person.answers("`later`: ", "")
        assert person.exit_code() == 0, person.papers
        papers = person.papers
    assert "assume-role" in papers
    assert "acme is connected" in papers
    stored = crmsnap_service.connect("acme", "--no-check")
    assert stored["connected"]
    assert stored["external_id"] == external_id(papers)


def test_a_wrong_answer_is_told_and_asked_for_again(
    crmsnap_service: Service, customer: Customer
) -> None:
    """Whoever mistypes the fifth answer has not typed the four before in vain."""
    with Person(crmsnap_service, "connect", "aws") as person:
        for name in ("ACME!", "acme"):
            person.answers("Name of the connection [hubspot]: ", name)
        for place in ("ftp://lake", customer.place):
            person.answers("S3 URL path: ", place)
        person.answers("IAM role (its ARN, or its name): ", "arn:aws:iam::2:role/x")
        person.is_asked("neither the ARN nor the name of a role")
        person.answers("IAM role (its ARN, or its name): ", customer.role)
        for account in ("2222", "2222-2222-2222"):
            person.answers("AWS account id of the role (12 digits): ", account)
        for key in ("alias/lake", ""):
            person.answers("if it has one of its own: ", key)
        person.answers("HubSpot token [HUBSPOT_TOKEN]: ", "")
        person.answers("or type `later`", "later")
        assert person.exit_code() == 0, person.papers
    document = crmsnap_service.connect("acme", "--no-check")
    assert (document["to"], document["role_arn"]) == (customer.place, customer.role_arn)


def test_what_another_connection_has_is_asked_for_again(
    crmsnap_service: Service, customer: Customer
) -> None:
    """It was refused behind the last answer."""
    role = "arn:aws:iam::222222222222:role/of-other"
    other = ("other", "--to", f"s3://{customer.bucket}/other", "--set", f"s3.role_arn={role}")
    assert crmsnap_service("connections", "add", *other).exit_code == 0
    with Person(crmsnap_service, "connect", "aws", "acme") as person:
        for folder in ("other/inner", "hs"):
            person.answers("S3 URL path: ", f"s3://{customer.bucket}/{folder}")
        for arn in (role, customer.role_arn):
            person.answers("IAM role (its ARN, or its name): ", arn)
        person.answers("if it has one of its own: ", "")
        person.answers("HubSpot token [HUBSPOT_TOKEN]: ", "")
        person.answers("or type `later`", "later")
        assert person.exit_code() == 0, person.papers
    assert crmsnap_service.connect("acme", "--no-check")["to"] == customer.place


def test_a_name_that_cannot_be_is_refused_before_anything_is_asked(
    crmsnap_service: Service,
) -> None:
    """It was refused behind the last answer."""
    with Person(crmsnap_service, "connect", "aws", "Acme!") as person:
        assert person.exit_code() == 2


def save(papers: str, customer: Customer) -> None:
    """Do in AWS what the papers say."""
    policies = [json.loads(one) for one in re.findall(r"^\{$.*?^\}$", papers, re.M | re.S)]
    permissions, _, trust = policies
    customer.make_role(trust=trust, policy=permissions)


def test_a_person_may_do_it_later(crmsnap_service: Service, customer: Customer) -> None:
    """The AWS admin is somebody else, who is in a meeting."""
    with Person(crmsnap_service, "connect", "aws", "acme", *customer.flags) as person:
        person.answers("of its own: ", "")
        person.answers("HubSpot token [HUBSPOT_TOKEN]: ", "ACME_TOKEN")
        person.answers("or type `later`", "later")
        assert person.exit_code() == 0, person.papers
        papers = person.papers
    assert papers.rstrip().endswith("crmsnap connect aws acme")
    later = crmsnap_service.connect("acme", "--no-check")
    assert later["external_id"] == external_id(papers)
    assert not later["connected"]


def test_the_end_of_the_input_connects_nothing(crmsnap_service: Service) -> None:
    """Ctrl-D, as Ctrl-C, is an interruption, not an empty answer that is asked for again for ever."""
    with Person(crmsnap_service, "connect", "aws", "acme") as person:
        person.answers("S3 URL path: ", "\x04")
        assert person.exit_code() == 130
