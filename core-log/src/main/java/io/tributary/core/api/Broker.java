package io.tributary.core.api;

import io.tributary.core.api.retained.RetainedValues;
import io.tributary.core.api.stream.StreamSubscriptions;
import io.tributary.core.security.Access;
import java.util.concurrent.CompletionStage;

/** The core as protocols see it. Safe on any thread. */
public interface Broker {
    Topics topics();

    Publisher publisher();

    Subscriptions subscriptions();

    /** The subscriptions that protocols keep by themselves. */
    StreamSubscriptions streams();

    Transactions transactions();

    /** The records that were published with a time before which they must not be seen. */
    Schedule schedule();

    /** The users, ACLs and quotas that are kept with the metadata. */
    Access access();

    /** The last values of addresses. */
    RetainedValues retained();

    /**
     * A keyed table of the broker's own state, kept as records of an internal topic and created on first use.
     *
     * @param name 1 to 100 of {@code [a-z0-9._-]}; the topic's name is {@code __} and this
     */
    CompletionStage<StateTable> stateTable(String name);

    /** A number never given before, in this process or an earlier one on the same store; from 0. For Kafka's producer identifiers. */
    CompletionStage<Long> nextId();

    /** Identifies the cluster for its whole life; 22 characters of URL-safe Base64. */
    String clusterId();

    /** This node's number, from 0. */
    int nodeId();
}
