package io.tributary.core.store;

import java.io.IOException;
import java.nio.file.Path;

/** Tells a store of local files how much of a log is kept elsewhere, so that the files need not begin where the log does. */
@FunctionalInterface
public interface LocalFloor {
    /** Everything is in local files. */
    LocalFloor NOTHING_ELSEWHERE = (log, directory) -> 0;

    /**
     * The offset before which local files are not needed, a segment's boundary; 0 when all of them are. Called for many logs at a time.
     *
     * @param directory what belongs to the log, which may not exist
     */
    long localFrom(LogId log, Path directory) throws IOException;
}
