package io.tributary.core.store.object;

import io.tributary.core.store.LogId;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one broker's objects: {@code <prefix><cluster>/<topic's identifier>/<partition>/<base offset in 20 digits>.log}. A segment
 * has one key for ever, so that an upload that is made again leaves no second object; a cluster's identifier keeps brokers apart that
 * share a bucket.
 */
final class ObjectKeys {
    private static final Pattern LOCATION = Pattern.compile("([0-9a-f-]{36})/([0-9]{1,9})/([0-9]{20})\\.log");

    private final String root;

    /** A segment's place. */
    record Location(LogId log, long baseOffset) {
    }

    ObjectKeys(String prefix, String clusterId) {
        this.root = prefix + clusterId + "/";
    }

    /** What all keys of this broker begin with. */
    String root() {
        return root;
    }

    String key(LogId log, long baseOffset) {
        return root + log.topic() + "/" + log.partition() + "/" + String.format("%020d", baseOffset) + ".log";
    }

    /** The place of a segment by its key, or null when it is no key of a segment of this broker. */
    @Nullable Location parse(String key) {
        if (!key.startsWith(root)) {
            return null;
        }
        Matcher parts = LOCATION.matcher(key.substring(root.length()));
        try {
            if (!parts.matches()) {
                return null;
            }
            LogId log = new LogId(UUID.fromString(parts.group(1)), Integer.parseInt(parts.group(2)));
            return new Location(log, Long.parseLong(parts.group(3)));
        } catch (IllegalArgumentException noNumber) {
            return null;
        }
    }
}
