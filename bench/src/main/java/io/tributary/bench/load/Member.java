package io.tributary.bench.load;

import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/** A member of a group, on a thread of its own, which says what it is assigned. */
final class Member extends Thread implements ConsumerRebalanceListener {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;
    private final Holdings holdings;

    /** A member that joins when the thread is started; the consumer is the thread's from then on. */
    Member(KafkaConsumer<byte[], byte[]> consumer, String topic, Holdings holdings) {
        super("member");
        this.consumer = consumer;
        this.topic = topic;
        this.holdings = holdings;
    }

    @Override
    public void run() {
        try (consumer) {
            consumer.subscribe(List.of(topic), this);
            while (!isInterrupted()) {
                consumer.poll(KafkaServer.POLL);
            }
        } catch (WakeupException leaving) {
            // Closing the consumer leaves the group.
        } catch (RuntimeException e) {
            holdings.fail(e);
        }
    }

    /** Has the member leave; the thread ends when it has. */
    void leave() {
        consumer.wakeup();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
        holdings.add(this, assigned);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
        holdings.remove(this, revoked);
    }
}
