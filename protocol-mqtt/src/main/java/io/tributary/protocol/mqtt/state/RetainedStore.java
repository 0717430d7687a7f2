package io.tributary.protocol.mqtt.state;

import io.tributary.core.api.StateTable;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Record;
import io.tributary.protocol.mqtt.translate.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The retained messages, in the table {@value #TABLE}. The key is the topic name itself, so that the table's topic reads as the
 * compacted topic of last values; names of namespaces other than the default stand behind {@code NUL namespace NUL}.
 */
public final class RetainedStore {
    /** The table's name. */
    public static final String TABLE = "mqtt-retained";

    private static final char NUL = '\0';

    private final StateTable table;

    public RetainedStore(StateTable table) {
        this.table = table;
    }

    /** Retains a copy of the record, or with an empty value forgets what was retained (MQTT-3.3.1-6). Completes when durable. */
    public CompletionStage<Void> set(Namespace namespace, String path, Record record) {
        byte[] value = record.value();
        return value == null || value.length == 0
            ? table.delete(key(namespace, path)) : table.put(key(namespace, path), StateCodec.retained(record));
    }

    public @Nullable RetainedMessage get(Namespace namespace, String path) {
        byte[] bytes = table.get(key(namespace, path));
        return bytes == null ? null : StateCodec.retained(path, bytes);
    }

    /** The topic names with a retained message that the filter takes; reads all that begin with the filter's literal levels. */
    public List<String> matching(Namespace namespace, TopicFilter filter) {
        List<String> found = new ArrayList<>();
        String prefix = filter.literalPrefix();
        int skip = key(namespace, "").length();
        // "a/#" takes "a" as well, which does not begin with "a/".
        if (filter.hasWildcard() && prefix.endsWith("/")) {
            String parent = prefix.substring(0, prefix.length() - 1);
            if (filter.matches(parent) && table.get(key(namespace, parent)) != null) {
                found.add(parent);
            }
        }
        table.forEach(key(namespace, prefix), (key, bytes) -> {
            String path = key.substring(skip);
            if ((path.isEmpty() || path.charAt(0) != NUL) && filter.matches(path)) {
                found.add(path);
            }
        });
        return found;
    }

    private static String key(Namespace namespace, String path) {
        return namespace.equals(Namespace.DEFAULT) ? path : NUL + namespace.name() + NUL + path;
    }
}
