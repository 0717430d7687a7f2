#!/usr/bin/python3
"""confluent-kafka (librdkafka): delivery reports, idempotence, transactions with offsets, groups that rebalance, admin."""
import os
import subprocess
import time
import uuid

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic

broker = f"{os.environ['TRIBUTARY_HOST']}:{os.environ['KAFKA_PORT']}"
client = {"bootstrap.servers": broker}
name = "confluent-" + uuid.uuid4().hex[:8]
copies = name + "-copies"
PATIENCE = 60
HEADERS = [("site", b"north"), ("empty", b"")]
# The next offset of each partition that was read. The client's own position goes on over what it drops when it closes.
reached = {}


def within(condition, what, *consumers):
    """Polls the consumers until the condition holds; answers the records that came."""
    until = time.monotonic() + PATIENCE
    read = []
    while not condition(read):
        assert time.monotonic() < until, f"waited in vain for {what}: {len(read)} records came"
        for consumer in consumers:
            message = consumer.poll(0.1)
            if message is not None:
                assert message.error() is None, message.error()
                read.append(message)
                reached[message.partition()] = message.offset() + 1
    return read


def produce(producer, topic, values, partitions):
    reports = []

    def report(error, message):
        assert error is None, error
        reports.append((message.partition(), message.offset(), message.value().decode()))

    for i, value in enumerate(values):
        producer.produce(topic, value=value, key=f"k{i}", partition=i % partitions, headers=HEADERS, on_delivery=report)
        producer.poll(0)
    assert producer.flush(PATIENCE) == 0, "not all were delivered"
    assert sorted(value for _, _, value in reports) == sorted(values)
    for partition in range(partitions):
        offsets = [offset for at, offset, _ in reports if at == partition]
        assert offsets == sorted(set(offsets)), f"offsets of partition {partition}: {offsets}"
    return values


def consumer_of(group, *topics, **settings):
    consumer = Consumer({
        **client, "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False, "heartbeat.interval.ms": 500,
        "isolation.level": "read_committed", **{key.replace("_", "."): value for key, value in settings.items()}})
    if topics:
        consumer.subscribe(list(topics))
    return consumer


def texts(messages):
    return sorted(message.value().decode() for message in messages)


admin = AdminClient(client)
for future in admin.create_topics([NewTopic(name, 2, 1, config={"retention.ms": "3600000"}), NewTopic(copies, 1, 1)]).values():
    future.result(PATIENCE)
for future in admin.create_partitions([NewPartitions(name, 4)]).values():
    future.result(PATIENCE)
assert len(admin.list_topics(name, timeout=PATIENCE).topics[name].partitions) == 4
[described] = [future.result(PATIENCE) for future in admin.describe_configs([ConfigResource("topic", name)]).values()]
assert described["retention.ms"].value == "3600000" and not described["retention.ms"].is_default
node = next(iter(admin.list_topics(timeout=PATIENCE).brokers))
[described] = [future.result(PATIENCE) for future in admin.describe_configs([ConfigResource("broker", str(node))]).values()]
assert described, "the broker has no configs"
for future in admin.alter_configs([ConfigResource("topic", name, set_config={"retention.ms": "7200000"})]).values():
    future.result(PATIENCE)

# Plain, with every codec; then idempotent; then in transactions, of which one is aborted.
written = []
for codec in ["none", "gzip", "snappy", "lz4", "zstd"]:
    written += produce(Producer({**client, "compression.type": codec, "linger.ms": 5}), name, [f"{codec} {i}" for i in range(100)], 4)
written += produce(Producer({**client, "enable.idempotence": True}), name, [f"idempotent {i}" for i in range(100)], 4)
writer = Producer({**client, "transactional.id": name + "-writer"})
writer.init_transactions(PATIENCE)
for kind, end in [("first", writer.commit_transaction), ("aborted", writer.abort_transaction), ("second", writer.commit_transaction)]:
    writer.begin_transaction()
    values = produce(writer, name, [f"{kind} {i}" for i in range(100)], 4)
    end(PATIENCE)
    if kind != "aborted":
        written += values

# A group of two, of which one leaves: each record comes once, the rebalances are told, and what was committed does not come again.
for strategy in ["range", "cooperative-sticky"]:
    group = f"{name}-{strategy}"
    assigned, revoked = {}, {}
    reached.clear()

    def watch(which, told, settle=False):
        def on_change(consumer, partitions):
            told.setdefault(which, []).extend(partition.partition for partition in partitions)
            done = [TopicPartition(name, each.partition, reached[each.partition]) for each in partitions if each.partition in reached]
            if settle and done:
                consumer.commit(offsets=done, asynchronous=False)
        return on_change

    consumers = [consumer_of(group, partition_assignment_strategy=strategy) for _ in range(2)]
    for which, consumer in enumerate(consumers):
        consumer.subscribe([name], on_assign=watch(which, assigned), on_revoke=watch(which, revoked, settle=True))
    read = within(lambda read: all(len(consumer.assignment()) == 2 for consumer in consumers), "two partitions for each", *consumers)
    read += within(lambda more: len(read) + len(more) >= len(written) // 2, "the first half", *consumers)
    consumers[1].close()
    read += within(lambda more: len(read) + len(more) >= len(written), "the second half", consumers[0])
    assert texts(read) == sorted(written), f"{len(read)} records, {len(set(texts(read)))} different, of {len(written)}"
    assert len(assigned[0]) >= 4 and len(assigned[1]) >= 2 and revoked[1], (assigned, revoked)
    assert all(message.headers() == HEADERS for message in read)
    assert group in [each.id for each in admin.list_groups(timeout=PATIENCE)]
    [listed] = admin.list_groups(group, timeout=PATIENCE)
    assert (listed.state, len(listed.members)) == ("Stable", 1), listed
    consumers[0].commit(asynchronous=False)
    consumers[0].close()

# Consume, transform, produce, with the offsets in the transaction; the first attempt is aborted and leaves nothing.
copier = consumer_of(name + "-copier", name)
transformer = Producer({**client, "transactional.id": name + "-copier"})
transformer.init_transactions(PATIENCE)
for end in ["abort", "commit"]:
    batch = within(lambda read: len(read) == len(written), "all records", copier)
    transformer.begin_transaction()
    for message in batch:
        transformer.produce(copies, value=message.value())
    assert transformer.flush(PATIENCE) == 0, "not all copies were delivered"
    positions = copier.position(copier.assignment())
    transformer.send_offsets_to_transaction(positions, copier.consumer_group_metadata(), PATIENCE)
    if end == "abort":
        transformer.abort_transaction(PATIENCE)
        for partition in copier.committed(positions, PATIENCE):
            assert partition.offset < 0, f"the aborted transaction committed {partition}"
            copier.seek(TopicPartition(name, partition.partition, 0))
    else:
        transformer.commit_transaction(PATIENCE)
        assert [each.offset for each in copier.committed(positions, PATIENCE)] == [each.offset for each in positions]
copier.close()
check = consumer_of(name + "-check", copies)
assert texts(within(lambda read: len(read) == len(written), "all copies", check)) == sorted(written)
low, high = check.get_watermark_offsets(TopicPartition(copies, 0), PATIENCE)
assert (low, high) == (0, 2 * len(written) + 2), (low, high)
[found] = check.offsets_for_times([TopicPartition(copies, 0, 1)], PATIENCE)
assert found.offset == 0, found
check.close()

# A second producer of the name shuts the first out.
Producer({**client, "transactional.id": name + "-copier"}).init_transactions(PATIENCE)
try:
    transformer.begin_transaction()
    transformer.produce(copies, value="late")
    transformer.commit_transaction(PATIENCE)
    raise SystemExit("a fenced producer committed")
except KafkaException as fenced:
    assert fenced.args[0].fatal(), fenced

# kcat sees what is committed, or all of it.
for level, count in [("read_committed", len(written)), ("read_uncommitted", 2 * len(written))]:
    seen = subprocess.run(["kcat", "-C", "-b", broker, "-t", copies, "-o", "beginning", "-e", "-q", "-X", f"isolation.level={level}"],
                          check=True, capture_output=True, timeout=PATIENCE).stdout.splitlines()
    assert len(seen) == count, f"{level}: {len(seen)} lines, not {count}"

for future in admin.delete_topics([name, copies]).values():
    future.result(PATIENCE)
assert name not in admin.list_topics(timeout=PATIENCE).topics
