"""The HTTP side of the sandbox account, as a bare ASGI application.

A call passes, in this order: route, URL length, token, rate limit, fault, body, scope, handler. The
order shows: a call without a scope uses up the rate limit, a call with a bad token does not.
No framework: what is not spent here is left for building pages, and there is nothing here that a
framework would make shorter.
"""

import asyncio
import itertools
import time
from collections.abc import Iterable

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.advance import churn
from crmsnap.sandbox.api import errors
from crmsnap.sandbox.api.answer import (
    EXTENSION,
    GZIP_FROM_BYTES,
    Answer,
    Receive,
    Scope,
    Send,
    Wire,
)
from crmsnap.sandbox.api.control import CONTROL, control_family
from crmsnap.sandbox.api.faults.effect import Effect, Situation
from crmsnap.sandbox.api.faults.plan import Plan
from crmsnap.sandbox.api.limits import Limits
from crmsnap.sandbox.api.request import Request, read_request
from crmsnap.sandbox.api.route import ApiError, Call, Family, Reply
from crmsnap.sandbox.api.routing import Match, Router, UnknownRoute, WrongMethod
from crmsnap.sandbox.api.scopes import EVERYTHING, Token, Tokens, refusal
from crmsnap.sandbox.api.stats import Stats
from crmsnap.sandbox.clock import Clock, http_date

URL_CHARACTERS_MAX = 16_000  # HubSpot was seen to answer 414 from about 16,200 on
NO_EFFECT = Effect()


class Sandbox:
    """The ASGI application: one account, its families, and the rules around every call."""

    def __init__(
        self,
        account: Account,
        families: Iterable[Family],
        *,
        clock: Clock,
        tokens: Tokens,
        limits: Limits,
        latency_seconds: float = 0.0,
    ) -> None:
        self._account = account
        self._clock = clock
        self._tokens = tokens
        self._limits = limits
        self._latency_seconds = latency_seconds
        self._stats = Stats()
        self._plan = Plan()
        served = tuple(families)
        names = frozenset(family.name for family in served)
        control = control_family(self._stats, self._plan, clock, names)
        self._router = Router((*served, control))
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        request = await read_request(scope, receive, self._correlation_id())
        is_control = request.path.startswith(f"/{CONTROL}/")
        if self._latency_seconds and not is_control:
            await asyncio.sleep(self._latency_seconds)
        status = 500
        try:
            answer = self._answer(request)
            status = answer.status
        finally:
            if not is_control:
                effect = _effect(request)
                self._stats.count(request.family, 0 if effect.is_silent else status)
        transport = scope["extensions"][EXTENSION]["transport"]
        await self._send(Wire(receive, send, transport), request, answer)

    def _answer(self, request: Request) -> Answer:
        try:
            return self._called(request, self._router.match(request.method, request.path))
        except UnknownRoute:
            return Answer.page(404, "Error 404 Not Found")
        except WrongMethod as wrong:
            allow = (b"allow", ", ".join(wrong.allowed).encode())
            return Answer.page(405, "Error 405 Method Not Allowed", headers=(allow,))
        except ApiError as refused:
            return Answer.of_error(refused, request.correlation_id)

    def _called(self, request: Request, match: Match) -> Answer:
        if match.family.name == CONTROL:
            return self._controlled(request, match)
        request.family = match.family.name
        if request.url_characters > URL_CHARACTERS_MAX:
            raise errors.url_too_long(URL_CHARACTERS_MAX)
        token = self._tokens.authenticate(request.authorization)
        self._admit(request, match.family, token)
        request.fault = self._plan.pick(
            match.family.name, request.path, request.query.decode("latin-1")
        )
        churn(self._account, self._clock.now_ms())
        call = self._call(request, match, token.scopes)
        if not isinstance(call.body, dict | None):
            raise errors.bad_request("Invalid input JSON on line 1, column 1: expected an object")
        try:
            return self._handled(request, match, token, call)
        except ApiError:
            if _effect(request).needs_results:
                request.fault = None
            raise

    def _admit(self, request: Request, family: Family, token: Token) -> None:
        """Count the call against its limits; the headers say what is left, after a refusal too."""
        seconds = time.monotonic()
        try:
            self._limits.admit(
                family.limit, token, seconds, self._clock.now_ms(), request.correlation_id
            )
        finally:
            request.limit_headers = self._limits.headers(family.limit, token, seconds)

    def _handled(self, request: Request, match: Match, token: Token, call: Call) -> Answer:
        """Ask the handler, unless the fault or a missing scope comes before it."""
        scopes = match.route.scopes
        required = scopes(self._account, call) if callable(scopes) else scopes
        effect = _effect(request)
        instead = effect.instead(self._situation(token, required, request))
        if instead is not None:
            return instead
        if token.lacks(required):
            name = self._type_name(call)
            raise refusal(token, match.family.name, required, name, self._account.portal_id)
        reply = match.route.handler(self._account, effect.alter(call))
        return self._rewritten(request, call, reply)

    def _rewritten(self, request: Request, call: Call, reply: Reply) -> Answer:
        if request.fault is None:
            return Answer(reply.status, reply.body)
        memory = request.fault.memory(request.path)
        body = _effect(request).rewrite(call, reply.body, memory)
        if body is None:
            request.fault = None
            body = reply.body
        return Answer(reply.status, body)

    def _controlled(self, request: Request, match: Match) -> Answer:
        if not request.is_local:
            return Answer.page(404, "Error 404 Not Found")
        reply = match.route.handler(self._account, self._call(request, match, EVERYTHING))
        return Answer(reply.status, reply.body)

    def _call(self, request: Request, match: Match, scopes: frozenset[str]) -> Call:
        return Call(
            path=match.variables,
            query=request.parameters(),
            body=request.json(),
            scopes=scopes,
            now_ms=self._clock.now_ms(),
        )

    def _situation(self, token: Token, required: frozenset[str], request: Request) -> Situation:
        return Situation(
            token=token,
            tokens=self._tokens,
            limits=self._limits,
            required=required,
            now_ms=self._clock.now_ms(),
            correlation_id=request.correlation_id,
        )

    def _type_name(self, call: Call) -> str:
        text = call.path.get("type", "")
        found = self._account.find_type(text)
        return (found.singular if found else text).upper()

    async def _send(self, wire: Wire, request: Request, answer: Answer) -> None:
        answer = answer.with_headers(
            (b"date", http_date(self._clock.now_ms())),
            (b"x-hubspot-correlation-id", request.correlation_id.encode()),
            *request.limit_headers,
        )
        if request.accepts_gzip and len(answer.body) >= GZIP_FROM_BYTES:
            answer = answer.gzip()
        if request.fault is None:
            await wire.send_whole(answer)
        else:
            request.fault.fired += 1
            await request.fault.rule.effect.send(wire, answer)

    def _correlation_id(self) -> str:
        # Counted, not drawn: under a frozen clock two equal runs get equal ids.
        number = next(self._numbers)
        return f"019e39c5-0000-7000-8000-{number:012x}"


def _effect(request: Request) -> Effect:
    return NO_EFFECT if request.fault is None else request.fault.rule.effect
