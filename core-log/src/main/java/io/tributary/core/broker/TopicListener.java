package io.tributary.core.broker;

import io.tributary.core.api.Topic;
import java.util.concurrent.CompletionStage;

/** Learns of changes of the catalogue, on the changer's thread; must not block. */
interface TopicListener {
    /** A topic can be found from now on, or has new partitions. Whoever asked for it is answered afterwards. */
    void topicGrew(Topic topic);

    /** A topic cannot be found any more; its records go when this completes. */
    CompletionStage<Void> topicDeleted(Topic topic);
}
