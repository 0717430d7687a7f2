package io.tributary.core.store.file;

import io.tributary.core.store.SegmentExtent;

/** What a segment tells the store that it belongs to. */
interface SegmentOwner {
    /** The segment was cut to an extent, and its file will be; it is the log's last, and what the checkpoint says must not be more. */
    void beforeTruncate(FileSegment segment, SegmentExtent cut);

    /** The segment's file is to be forced, or cut and forced, before the log behind it is vouched for. */
    void contentChanged(FileSegment segment);

    /** A file beside the segment was deleted. */
    void namesChanged(FileSegment segment);

    void deleted(FileSegment segment);
}
