"""Webhooks: what is told of a call that cannot be made."""

import asyncio

import pytest

from ratchet_web.models.destinations import Webhook, WebhookMethod
from ratchet_web.models.hosts import AllowedHosts
from ratchet_web.server.deliveries.parcel import FinalError, Parcel
from ratchet_web.server.deliveries.webhooks import Webhooks


@pytest.mark.parametrize("value", ["t0p\n", "t0p ", "t0pé"], ids=repr)
async def test_a_header_that_cannot_be_sent_is_told_without_its_value(value):
    listening = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    # As a database may hold it whose server was less strict.
    webhook = Webhook.model_construct(url=url, method=WebhookMethod.GET, headers={"x-key": value})
    webhooks = Webhooks(AllowedHosts.parse("127.0.0.1"))
    async with listening:
        with pytest.raises(FinalError) as caught:
            await webhooks.call(Parcel(1, 1, 1, "task", 1, "{}", None), webhook)
    await webhooks.close()
    assert "t0p" not in str(caught.value)
    assert "headers" in str(caught.value)
