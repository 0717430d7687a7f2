package io.tributary.protocol.kafka.handler.share;

import java.util.List;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.protocol.Errors;

/**
 * What a member says of a run of offsets.
 *
 * @param last  the last offset, included
 * @param types one for all, or one for each
 */
record Acknowledgement(long first, long last, List<Byte> types) {
    /** No record is there. */
    static final byte GAP = 0;
    private static final byte LATEST_TYPE = AcknowledgeType.RENEW.id;

    static Acknowledgement of(ShareFetchRequestData.AcknowledgementBatch batch) {
        return new Acknowledgement(batch.firstOffset(), batch.lastOffset(), batch.acknowledgeTypes());
    }

    static Acknowledgement of(ShareAcknowledgeRequestData.AcknowledgementBatch batch) {
        return new Acknowledgement(batch.firstOffset(), batch.lastOffset(), batch.acknowledgeTypes());
    }

    /** What it says of offsets from {@code floor} on, of which there are some. */
    Acknowledgement from(long floor) {
        if (floor <= first) {
            return this;
        }
        return new Acknowledgement(floor, last, types.size() == 1 ? types : types.subList((int) (floor - first), types.size()));
    }

    byte typeOf(long offset) {
        return types.get(types.size() == 1 ? 0 : (int) (offset - first));
    }

    /** INVALID_REQUEST when these are not in order, or their types make no sense, or are not allowed. */
    static Errors check(List<Acknowledgement> all, boolean mayRenew) {
        long before = -1;
        for (Acknowledgement each : all) {
            boolean inOrder = each.first > before && each.last >= each.first;
            boolean complete = each.types.size() == 1 || each.types.size() == each.last - each.first + 1;
            if (!inOrder || !complete || !each.types.stream().allMatch(type -> isKnown(type, mayRenew))) {
                return Errors.INVALID_REQUEST;
            }
            before = each.last;
        }
        return Errors.NONE;
    }

    private static boolean isKnown(byte type, boolean mayRenew) {
        return type >= GAP && type <= LATEST_TYPE && (mayRenew || type != AcknowledgeType.RENEW.id);
    }
}
