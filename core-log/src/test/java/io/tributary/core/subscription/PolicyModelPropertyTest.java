package io.tributary.core.subscription;

import static io.tributary.core.subscription.SubscriptionFixture.all;
import static io.tributary.core.subscription.SubscriptionFixture.awaitThat;
import static io.tributary.core.subscription.SubscriptionFixture.get;
import static io.tributary.core.subscription.SubscriptionFixture.name;
import static io.tributary.core.subscription.SubscriptionFixture.stats;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.stats.SubscriptionCounts;
import io.tributary.core.api.stats.SubscriptionReport;
import io.tributary.core.model.BackOff;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeadLetterTarget.ToTopic;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.DeliveryPolicy.Dispatch;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.Subject;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.TopicName;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * A subscription with a random policy and several consumers, through random publishing, settlement, passing time, failing dead letters,
 * detaching, restarts and crashes: every record is acknowledged, or delivered again, or copied to the dead-letter topic; none is delivered
 * after its time or more often than it may be; by key, a record comes only when all earlier ones of its key are with the same consumer
 * or have ended; and by priority, when nothing that is ready has a higher one.
 */
class PolicyModelPropertyTest {
    private static final SubscriptionLimits SMALL =
        new SubscriptionLimits(6, 40, 1 << 20, Duration.ofMillis(50), Duration.ofSeconds(5));
    private static final int STEPS = 80;
    private static final List<Settlement> SETTLEMENTS = List.of(Settlement.values());
    private static final List<Dispatch> DISPATCHES = List.of(Dispatch.values());
    private static final @Nullable String[] KEYS = {"a", "b", "c", null};

    /** A published record. */
    private record Published(String text, @Nullable String key, int partition, long offset, long expiresAt, int priority) {
    }

    /** A consumer with what it holds. */
    private static final class Holder implements DeliveryHandler {
        private final Queue<Arrived> arrivals;
        private final Map<Long, Held> held = new LinkedHashMap<>();
        private @Nullable Consumer consumer;

        Holder(Queue<Arrived> arrivals) {
            this.arrivals = arrivals;
        }

        Consumer consumer() {
            return Objects.requireNonNull(consumer);
        }

        @Override
        public void onDelivery(Delivery delivery) {
            arrivals.add(new Arrived(this, delivery));
        }

        @Override
        public void onCancelled(BrokerException cause) {
            // The run itself has ended it.
        }
    }

    private record Held(Published record, int deliveries) {
    }

    private record Arrived(Holder holder, Delivery delivery) {
    }

    /** One run. */
    private static final class Run {
        private final SubscriptionFixture fixture;
        private final Random random;
        private final FakeTopics.FakeTopic topic;
        private final DeliveryPolicy policy;
        private final Map<String, Published> published = new LinkedHashMap<>();
        private final Set<String> acknowledged = new HashSet<>();
        /** Rejected, or returned too often: to be copied, and not to be expected in its order any more. */
        private final Set<String> ended = new HashSet<>();
        /** Given back, where that makes a record wait. */
        private final Set<String> mayWait = new HashSet<>();
        private final Set<String> seenAtLast = new HashSet<>();
        private final List<Holder> holders = new ArrayList<>();
        private final List<String> history = new ArrayList<>();
        private Queue<Arrived> arrivals = new ConcurrentLinkedQueue<>();
        private boolean crashed;

        Run(SubscriptionFixture fixture, Random random) {
            this.fixture = fixture;
            this.random = random;
            topic = fixture.topics.topic("t", 2);
            fixture.topics.topic("dead", 1);
            Dispatch dispatch = DISPATCHES.get(random.nextInt(3));
            policy = new DeliveryPolicy(random.nextBoolean() ? Duration.ofMillis(400) : null, null, random.nextBoolean() ? 3 : 0,
                ToTopic.ownKey(TopicName.of("dead")), dispatch,
                random.nextBoolean() ? new BackOff(Duration.ofMillis(50), Duration.ofMillis(300)) : null,
                dispatch == Dispatch.BY_KEY || random.nextBoolean() ? 0 : 3);
            history.add(policy.toString());
            get(fixture.subscriptions.create(name("s"), SubscriptionConfig.DURABLE.withPolicy(policy), List.of(all("t")),
                StartPosition.LATEST));
            attach();
        }

        private Subscription subscription() {
            return fixture.find("s");
        }

        private void attach() {
            Holder holder = new Holder(arrivals);
            ConsumerOptions options = ConsumerOptions.SHARED.withPriority(random.nextInt(2)).withMaxBytes(random.nextInt(3) == 0 ? 12 : 0);
            holder.consumer = get(subscription().attach(options, holder));
            holders.add(holder);
        }

        /** Lets all tasks run that were given before, and those that they gave. */
        private void sync() {
            for (int i = 0; i < 6; i++) {
                stats(subscription());
            }
            for (Arrived arrived = arrivals.poll(); arrived != null; arrived = arrivals.poll()) {
                received(arrived.holder, arrived.delivery);
            }
        }

        private void received(Holder holder, Delivery delivery) {
            String text = RecordingHandler.text(delivery);
            Published record = Objects.requireNonNull(published.get(text));
            seenAtLast.add(text);
            if (acknowledged.contains(text) || ended.contains(text)) {
                assertThat(crashed).as("what has ended comes back: %s after %s", text, history).isTrue();
                acknowledged.remove(text);
                ended.remove(text);
            }
            assertThat(fixture.wallMillis()).as("delivered after its time: %s after %s", record, history).isLessThan(record.expiresAt);
            if (policy.maxDeliveries() > 0) {
                assertThat(delivery.deliveryCount()).as("deliveries of %s after %s", record, history)
                    .isLessThanOrEqualTo(policy.maxDeliveries());
            }
            if (policy.dispatch() == Dispatch.BY_KEY && record.key != null) {
                checkOrder(holder, record, record.key);
            }
            if (policy.maxPriority() > 0) {
                checkPriority(record);
            }
            holder.held.put(delivery.id(), new Held(record, delivery.deliveryCount()));
        }

        private void checkOrder(Holder holder, Published record, String key) {
            for (Holder other : holders) {
                boolean hasKey = other.held.values().stream().anyMatch(held -> key.equals(held.record.key));
                assertThat(hasKey && other != holder).as("two have the key of %s after %s", record, history).isFalse();
            }
            for (Published earlier : published.values()) {
                boolean over = acknowledged.contains(earlier.text) || ended.contains(earlier.text)
                    || earlier.expiresAt <= fixture.wallMillis()
                    || holder.held.values().stream().anyMatch(held -> held.record.equals(earlier));
                assertThat(over || !key.equals(earlier.key) || earlier.offset >= record.offset)
                    .as("%s comes before %s after %s", record, earlier, history).isTrue();
            }
        }

        private void checkPriority(Published record) {
            for (Published other : published.values()) {
                boolean ready = !acknowledged.contains(other.text) && !ended.contains(other.text) && !mayWait.contains(other.text)
                    && other.expiresAt > fixture.wallMillis()
                    && holders.stream().noneMatch(holder -> holder.held.values().stream().anyMatch(held -> held.record.equals(other)));
                assertThat(ready && other.priority > record.priority)
                    .as("%s comes before %s after %s", record, other, history).isFalse();
            }
        }

        void step() {
            int choice = random.nextInt(100);
            history.add("" + choice);
            Holder holder = holders.isEmpty() ? null : holders.get(random.nextInt(holders.size()));
            if (choice < 30) {
                publish();
            } else if (choice < 45 && holder != null) {
                holder.consumer().request(1 + random.nextInt(4));
            } else if (choice < 52 && holder != null) {
                pull(holder);
            } else if (choice < 76 && holder != null) {
                settle(holder);
            } else if (choice < 82) {
                sync();
                fixture.advance(Duration.ofMillis(random.nextInt(150)));
            } else if (choice < 85) {
                failDeadLetters(random.nextBoolean());
            } else if (choice < 88) {
                sync();
                fixture.advance(Duration.ofSeconds(random.nextInt(8)));
            } else if (choice < 91 && holder != null) {
                detach(holder);
            } else if (choice < 95) {
                attach();
            } else {
                reopen(choice < 97);
            }
            sync();
            if (!crashed) {
                assertThat(unaccounted()).as("counted twice after %s", history).isNotNegative();
            }
        }

        /** Of all that was published to it, what is neither there nor counted as gone: the copies that are on their way. */
        private long unaccounted() {
            SubscriptionReport report = get(subscription().report());
            SubscriptionCounts counts = report.counts();
            assertThat(counts.published()).as("published after %s", history).isEqualTo(published.size());
            return counts.published() - counts.acknowledged() - counts.deadLettered() - counts.expired() - counts.dropped()
                - report.ready() - report.outstanding();
        }

        private void pull(Holder holder) {
            sync();
            List<Delivery> pulled = get(holder.consumer().pull(1 + random.nextInt(4), Duration.ZERO));
            // Before what was pushed meanwhile: of a key that was pulled that came after it.
            pulled.forEach(delivery -> received(holder, delivery));
        }

        private void failDeadLetters(boolean fail) {
            fixture.topics.failPublishing(fail ? new BrokerException(ErrorCode.STORAGE_FAILURE, "as the test wants it") : null);
        }

        private void publish() {
            String key = KEYS[random.nextInt(KEYS.length)];
            int partition = key == null ? random.nextInt(2) : key.charAt(0) % 2;
            String text = "m" + published.size();
            long now = fixture.wallMillis();
            Long own = random.nextInt(4) == 0 ? (Long) (long) (100 + random.nextInt(1_000)) : null;
            Duration ttl = policy.messageTtl();
            long life = Math.min(ttl == null ? Long.MAX_VALUE : ttl.toMillis(), own == null ? Long.MAX_VALUE : own);
            int priority = Math.max(0, random.nextInt(8) - 4);
            Headers.Builder headers = Headers.builder().add(HeaderNames.PRIORITY, String.valueOf(priority));
            if (own != null) {
                headers.add(HeaderNames.EXPIRATION, own.toString());
            }
            long offset = topic.partition(partition).highWatermark();
            published.put(text, new Published(text, key, partition, offset, life == Long.MAX_VALUE ? life : now + life, priority));
            topic.partition(partition).publish(Subject.toKey(key), text.getBytes(StandardCharsets.UTF_8), headers.build(), now);
        }

        private void settle(Holder holder) {
            sync();
            if (holder.held.isEmpty()) {
                return;
            }
            Settlement settlement = SETTLEMENTS.get(random.nextInt(SETTLEMENTS.size()));
            List<Long> ids = new ArrayList<>(holder.held.keySet());
            int index = random.nextInt(ids.size());
            List<Long> settled = random.nextBoolean() ? List.of(ids.get(index)) : ids.subList(0, index + 1);
            for (long id : settled) {
                Held held = Objects.requireNonNull(holder.held.remove(id));
                if (settlement == Settlement.ACK) {
                    acknowledged.add(held.record.text);
                } else if (settlement == Settlement.REJECT || settlement == Settlement.REQUEUE && isLast(held)) {
                    ended.add(held.record.text);
                } else if (settlement == Settlement.REQUEUE && policy.backOff() != null) {
                    mayWait.add(held.record.text);
                }
            }
            boolean upTo = settled.size() > 1;
            int count = get(upTo ? holder.consumer().settleUpTo(settled.get(settled.size() - 1), settlement)
                : holder.consumer().settleById(settled, settlement));
            assertThat(count).as("settled after %s", history).isEqualTo(settled.size());
        }

        private boolean isLast(Held held) {
            return policy.maxDeliveries() > 0 && held.deliveries >= policy.maxDeliveries();
        }

        private void detach(Holder holder) {
            sync();
            holders.remove(holder);
            holder.held.values().stream().filter(this::isLast).forEach(held -> ended.add(held.record.text));
            get(holder.consumer().close());
            sync();
        }

        private void reopen(boolean orderly) {
            sync();
            // What had its last delivery is not delivered again.
            holders.forEach(holder -> holder.held.values().stream().filter(this::isLast).forEach(held -> ended.add(held.record.text)));
            holders.clear();
            if (orderly) {
                fixture.restart();
            } else {
                fixture.crash();
            }
            // A restart, too, may repeat the copies that storage did not take.
            crashed = true;
            arrivals = new ConcurrentLinkedQueue<>();
            attach();
        }

        private Set<String> copies() {
            Set<String> copies = new HashSet<>();
            FakePartition dead = fixture.topics.partition("dead");
            for (Record record : get(dead.readRecords(0, Integer.MAX_VALUE, Integer.MAX_VALUE))) {
                copies.add(new String(Objects.requireNonNull(record.value()), StandardCharsets.UTF_8));
            }
            return copies;
        }

        void finish() {
            sync();
            failDeadLetters(false);
            for (Holder holder : List.copyOf(holders)) {
                detach(holder);
            }
            Set<String> owed = new HashSet<>(published.keySet());
            owed.removeAll(acknowledged);
            seenAtLast.clear();
            attach();
            Set<String> twice = copies();
            twice.retainAll(acknowledged);
            assertThat(crashed || twice.isEmpty()).as("acknowledged and copied: %s after %s", twice, history).isTrue();
            awaitThat(() -> {
                fixture.advance(Duration.ofMillis(100));
                sync();
                List<Delivery> more = get(holders.get(0).consumer().pull(100, Duration.ZERO));
                more.forEach(delivery -> received(holders.get(0), delivery));
                owed.removeAll(seenAtLast);
                owed.removeAll(copies());
                assertThat(owed).as("lost after %s", history).isEmpty();
                assertThat(crashed ? 0 : unaccounted()).as("not counted after %s", history).isZero();
            });
        }
    }

    @Property(tries = 300)
    void losesNothingAndKeepsItsRules(@ForAll long seed) {
        try (SubscriptionFixture fixture = new SubscriptionFixture(SMALL, null)) {
            Run run = new Run(fixture, new Random(seed));
            for (int i = 0; i < STEPS; i++) {
                run.step();
            }
            run.finish();
        }
    }
}
