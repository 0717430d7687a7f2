#!/usr/bin/python3
"""pika: confirms, mandatory, typed headers, nack and requeue, exchange types, errors."""
import os
import uuid

import pika
from pika.exceptions import ChannelClosedByBroker, UnroutableError

name = "pika-" + uuid.uuid4().hex[:8]
connection = pika.BlockingConnection(pika.ConnectionParameters(
    os.environ["TRIBUTARY_HOST"], int(os.environ["AMQP_PORT"]), heartbeat=10))
channel = connection.channel()
channel.confirm_delivery()
channel.exchange_declare(name, "topic", durable=True)
channel.queue_declare(name, durable=True)
channel.queue_bind(name, name, "eu.*.new")

headers = {"text": "grüße", "number": 7, "big": 1 << 40, "flag": True, "list": [1, "two"], "table": {"inner": 5}, "none": None}
properties = pika.BasicProperties(
    content_type="text/plain", delivery_mode=2, correlation_id="c-1", reply_to="answers", message_id="m-1", priority=3, headers=headers)
channel.basic_publish(name, "eu.7.new", b"first", properties, mandatory=True)
channel.basic_publish(name, "eu.8.new", b"second", properties, mandatory=True)
try:
    channel.basic_publish(name, "us.7.new", b"nowhere", properties, mandatory=True)
    raise SystemExit("an unroutable mandatory message was not returned")
except UnroutableError as returned:
    assert returned.messages[0].body == b"nowhere"

method, read, body = channel.basic_get(name)
assert (body, method.routing_key, method.exchange, method.redelivered) == (b"first", "eu.7.new", name, False)
assert read.headers == headers, read.headers
assert (read.content_type, read.correlation_id, read.reply_to, read.message_id, read.priority) == (
    "text/plain", "c-1", "answers", "m-1", 3)
channel.basic_nack(method.delivery_tag, requeue=True)
method, read, body = channel.basic_get(name)
assert (body, method.redelivered) == (b"first", True)
channel.basic_ack(method.delivery_tag)

channel.basic_qos(prefetch_count=10)
for method, read, body in channel.consume(name, inactivity_timeout=30):
    assert body == b"second", body
    channel.basic_ack(method.delivery_tag)
    break
channel.cancel()
assert channel.queue_declare(name, passive=True).method.message_count == 0
channel.queue_delete(name)

for code, call in [
        (404, lambda c: c.queue_declare("no-such-" + name, passive=True)),
        (404, lambda c: c.basic_publish("no-such-" + name, "x", b"")),
        (406, lambda c: c.exchange_declare(name, "fanout", durable=True))]:
    bad = connection.channel()
    bad.confirm_delivery()
    try:
        call(bad)
        raise SystemExit(f"no error {code}")
    except ChannelClosedByBroker as closed:
        assert closed.reply_code == code, closed
channel.exchange_delete(name)
connection.close()
