package io.tributary.core.store.object;

/**
 * What the second tier has done since the start, and holds now.
 *
 * @param available       whether the object store answered when it was last asked
 * @param uploadedBytes   of segments that are complete there
 * @param fetchedBytes    read back
 * @param failedUploads   tried again later
 * @param failedReads     because the store did not answer, or what it has is missing or damaged
 * @param waitingUploads  segments that are being stored or wait for that
 * @param waitingDeletes  objects that are no longer needed and still there
 * @param cacheBytes      in the cache's files
 */
public record TierStatus(boolean available, long uploadedBytes, long fetchedBytes, long failedUploads, long failedReads,
                         long waitingUploads, long waitingDeletes, long cacheBytes) {
}
