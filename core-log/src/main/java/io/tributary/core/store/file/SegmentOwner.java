package io.tributary.core.store.file;

import io.tributary.core.store.SegmentExtent;

/** What a segment tells the store that it belongs to. */
interface SegmentOwner {
    /** The segment will be cut to an extent; what the checkpoint says of it must not be more. */
    void beforeTruncate(FileSegment segment, SegmentExtent cut);

    void deleted(FileSegment segment);
}
