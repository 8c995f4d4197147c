"""Bugs in what is read from HubSpot: pages that are left out, errors that are taken for answers, secrets."""

from tests.mutants.mutant import Mutant

_ENDPOINTS = "tests/unit/hubspot/test_hubspot_endpoints.py"
_PAGING = "tests/unit/hubspot/test_hubspot_paging.py"
_RETRY = "tests/unit/hubspot/test_hubspot_retry.py"
_LIMITS = "tests/unit/hubspot/test_hubspot_limits.py"
_ASSOCIATIONS = "tests/unit/hubspot/test_hubspot_associations.py"
_BODIES = "tests/unit/streams/test_record_bodies.py"

READING = (
    Mutant(
        name="stop-on-empty-page",
        promise="P3 no record is missing",
        file="src/crmsnap/hubspot/endpoints/objects.py",
        old="    return Page(answer.results, advanced(after, after_of(answer.paging)))\n",
        new="    following = advanced(after, after_of(answer.paging)) if answer.results else None\n"
        "    return Page(answer.results, following)\n",
        killers=(f"{_ENDPOINTS}::test_an_empty_page_with_a_cursor_is_not_the_end",),
    ),
    Mutant(
        name="cursor-that-goes-back",
        promise="P13 progress or a clear stop",
        file="src/crmsnap/hubspot/paging.py",
        old='        raise stuck(f"the cursor went back from {after} to {following}")\n',
        new="        return following\n",
        killers=(f"{_PAGING}::test_a_cursor_that_leads_nowhere_is_named",),
    ),
    Mutant(
        name="errors-of-207-dropped",
        promise="P3 no record is missing",
        file="src/crmsnap/hubspot/endpoints/objects.py",
        old='        if error.category != "OBJECT_NOT_FOUND":\n',
        new='        if error.category == "no such category":\n',
        killers=(f"{_ENDPOINTS}::test_a_batch_with_another_error_is_no_batch",),
    ),
    Mutant(
        name="errors-of-associations-dropped",
        promise="P3 no record is missing",
        file="src/crmsnap/hubspot/endpoints/associations.py",
        old="        _check_errors(answer, from_type, to_type)\n",
        new="",
        killers=(
            f"{_ASSOCIATIONS}::test_an_error_that_is_not_about_missing_things_stops_the_read",
        ),
    ),
    Mutant(
        name="inner-page-forgotten",
        promise="P3 no record is missing",
        file="src/crmsnap/hubspot/endpoints/associations.py",
        old="                following[id_] = after\n",
        new="",
        killers=(f"{_ASSOCIATIONS}::test_a_record_with_many_associations_is_read_to_its_end",),
    ),
    Mutant(
        name="forgotten-by-a-batch",
        promise="P3 no record is missing",
        file="src/crmsnap/hubspot/endpoints/objects.py",
        old="        silent=tuple(id_ for id_ in left if id_ not in named),\n",
        new="        silent=(),\n",
        killers=(
            f"{_ENDPOINTS}::test_a_batch_tells_what_is_gone_from_what_it_says_nothing_of",
            "tests/unit/streams/test_batches_that_miss.py::test_a_record_that_a_batch_forgets_is_asked_for_again",
        ),
    ),
    Mutant(
        name="sensitivity-ignored",
        promise="P10 sensitive data never leave",
        file="src/crmsnap/streams/known_types.py",
        old='    return definition.data_sensitivity == "non_sensitive"\n',
        new="    return True\n",
        killers=(
            "tests/unit/streams/test_wanted_properties.py::test_archived_and_sensitive_properties_are_never_wanted",
            "tests/unit/streams/test_wanted_properties.py::test_choosing_a_sensitive_property_by_name_does_not_open_it",
        ),
    ),
    Mutant(
        name="unasked-values-kept",
        promise="P10 sensitive data never leave",
        file="src/crmsnap/streams/record_rows.py",
        old="        kept = {name: value for name, value in kept.items() if name in names}\n",
        new="        kept = dict(kept)\n",
        killers=(f"{_BODIES}::test_a_property_that_was_not_asked_for_is_dropped",),
    ),
    Mutant(
        name="empty-string-dropped",
        promise="P8 values are exact",
        file="src/crmsnap/streams/record_rows.py",
        old="    kept = {name: value for name, value in values.items() if value is not None}\n",
        new="    kept = {name: value for name, value in values.items() if value}\n",
        killers=(f"{_BODIES}::test_null_is_left_out_and_the_empty_string_stays",),
    ),
    Mutant(
        name="retry-on-403",
        promise="P12 retries make no outage worse",
        file="src/crmsnap/hubspot/retry.py",
        old="TRANSIENT = frozenset({408, 423, 429, 477})",
        new="TRANSIENT = frozenset({403, 408, 423, 429, 477})",
        killers=(f"{_RETRY}::test_what_stays_is_not_tried_again",),
    ),
    Mutant(
        name="no-total-deadline",
        promise="P12 retries make no outage worse",
        file="src/crmsnap/hubspot/retry.py",
        old="    if attempt.elapsed_seconds + wait_seconds > DEADLINE_SECONDS:\n        return None\n",
        new="",
        killers=(f"{_RETRY}::test_a_call_never_lasts_longer_than_its_deadline",),
    ),
    Mutant(
        name="no-retry-budget",
        promise="P12 retries make no outage worse",
        file="src/crmsnap/hubspot/retry.py",
        old="            if self._left < 1:\n                return False\n",
        new="",
        killers=(f"{_RETRY}::test_a_long_outage_is_not_made_worse",),
    ),
    Mutant(
        name="dripping-host-is-waited-for",
        promise="P13 progress or a clear stop",
        file="src/crmsnap/hubspot/deadline.py",
        old="        while (left := self._deadline - self._clock.monotonic()) > 0:\n",
        new="        while (left := PORTION_SECONDS) > 0:\n",
        killers=(
            "tests/unit/hubspot/test_hubspot_transport.py::test_a_dripping_host_is_cut_off_at_the_deadline",
        ),
    ),
    Mutant(
        name="day-is-used-up-to-the-last-call",
        promise="P11 never exceeds the budget",
        file="src/crmsnap/hubspot/limits.py",
        old="            raise self._daily_limit(self._spent.correlation_id, self._spent.cause)\n",
        new="            pass\n",
        killers=(f"{_LIMITS}::test_after_a_spent_day_nothing_is_sent_and_nobody_goes_on_waiting",),
    ),
    Mutant(
        name="search-at-full-speed",
        promise="P11 never exceeds the budget",
        file="src/crmsnap/hubspot/limits.py",
        old="SEARCH_PER_SECOND = 5 * 0.9\n",
        new="SEARCH_PER_SECOND = 5 * 1.2\n",
        killers=(f"{_LIMITS}::test_search_stays_below_five_a_second_whatever_headers_say",),
    ),
    Mutant(
        name="cut-body-accepted",
        promise="P5 consistent while records change",
        file="src/crmsnap/hubspot/transport.py",
        old='        raise _damaged("its gzip data is cut off")\n',
        new="",
        killers=(
            "tests/unit/hubspot/test_hubspot_transport.py::test_a_damaged_gzip_body_is_no_answer",
        ),
    ),
    Mutant(
        name="token-in-an-error",
        promise="P14 every failure is explained",
        file="src/crmsnap/hubspot/client.py",
        old="        said = refusal(response.status, response.headers, self._token.redacted(response.body))\n",
        new="        said = refusal(response.status, response.headers, response.body)\n",
        killers=("tests/unit/hubspot/test_hubspot_client.py::test_the_token_is_in_no_error",),
    ),
    Mutant(
        name="token-in-a-log-line",
        promise="P14 every failure is explained",
        file="src/crmsnap/redaction/redactor.py",
        old="        return sorted({*self._known_in(text), *self._likely_in(text)})\n",
        new="        return sorted({*self._likely_in(text)})\n",
        killers=("tests/unit/redaction/test_redactor.py::test_no_event_shows_a_secret",),
    ),
)
