package io.tributary.protocol.amqp.session;

import io.tributary.core.api.Settlement;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.ReplyCode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A channel's deliveries that the client has not settled, by tag, oldest first. Holds identifiers, no records. */
final class Unacknowledged {
    private record Entry(DeliverySource source, long deliveryId) {
    }

    /** A delivery that a transaction settles, unless it is rolled back. */
    record Taken(long tag, DeliverySource source, long deliveryId) {
    }

    private final Map<Long, Entry> byTag = new LinkedHashMap<>();

    int size() {
        return byTag.size();
    }

    void add(long tag, DeliverySource source, long deliveryId) {
        byTag.put(tag, new Entry(source, deliveryId));
        source.onSent();
    }

    /**
     * Settles a tag, or all up to it; tag 0 with {@code multiple} means all (section 1.8.3.13). Fails with PRECONDITION_FAILED for a tag
     * that is not outstanding.
     */
    void settle(long tag, boolean multiple, Settlement how, Consumer<DeliverySource> touched) {
        if (multiple && tag == 0) {
            settleAll(how, touched);
            return;
        }
        Entry entry = byTag.get(tag);
        if (entry == null) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "unknown delivery tag " + Long.toUnsignedString(tag));
        }
        if (!multiple) {
            byTag.remove(tag);
            entry.source().settle(entry.deliveryId(), how);
            touched.accept(entry.source());
            return;
        }
        Iterator<Map.Entry<Long, Entry>> oldest = byTag.entrySet().iterator();
        boolean more = true;
        while (more) {
            Map.Entry<Long, Entry> next = oldest.next();
            more = next.getKey() != tag;
            next.getValue().source().settle(next.getValue().deliveryId(), how);
            touched.accept(next.getValue().source());
            oldest.remove();
        }
    }

    /** Takes a tag, or all up to it, out, as {@link #settle} does, and settles nothing yet. */
    List<Taken> take(long tag, boolean multiple) {
        List<Taken> taken = new ArrayList<>();
        boolean all = multiple && tag == 0;
        if (!all && !byTag.containsKey(tag)) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "unknown delivery tag " + Long.toUnsignedString(tag));
        }
        for (Map.Entry<Long, Entry> each : byTag.entrySet()) {
            if (multiple || each.getKey() == tag) {
                taken.add(new Taken(each.getKey(), each.getValue().source(), each.getValue().deliveryId()));
            }
            if (!all && each.getKey() == tag) {
                break;
            }
        }
        taken.forEach(each -> byTag.remove(each.tag));
        return taken;
    }

    /** Puts back what was taken. */
    void putBack(List<Taken> taken) {
        Map<Long, Entry> sorted = new TreeMap<>(byTag);
        taken.forEach(each -> sorted.put(each.tag, new Entry(each.source, each.deliveryId)));
        byTag.clear();
        byTag.putAll(sorted);
    }

    void settleAll(Settlement how, Consumer<DeliverySource> touched) {
        for (Entry entry : byTag.values()) {
            entry.source().settle(entry.deliveryId(), how);
            touched.accept(entry.source());
        }
        byTag.clear();
    }
}
