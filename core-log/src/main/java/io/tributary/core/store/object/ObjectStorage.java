package io.tributary.core.store.object;

import io.tributary.core.model.BrokerException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * Objects under keys in one bucket. An object is there complete or not at all, and what was put or deleted is seen at once. Calls block and
 * fail with {@link io.tributary.core.model.ErrorCode#STORAGE_FAILURE}. Safe on any thread.
 */
public interface ObjectStorage extends AutoCloseable {
    /** What becomes an object; read from the beginning once. */
    interface Source {
        long size();

        /** Fills the buffer, or puts what is left into it. */
        void read(ByteBuffer into);
    }

    /** An upload in parts that has neither ended nor been given up. */
    record Unfinished(String key, String upload) {
    }

    /** There is no object of this key. */
    final class MissingObjectException extends Exception {
        private static final long serialVersionUID = 1L;

        /** For the object of a key. */
        public MissingObjectException(String key) {
            super("there is no object " + key);
        }
    }

    /** Refuses a bucket that does not exist or may not be used, in words for whoever starts the server. */
    void check() throws BrokerException;

    /** Stores an object; one that has the key is replaced. */
    void put(String key, Source source) throws InterruptedException;

    /** So many bytes of an object. */
    ByteBuffer get(String key, long position, int length) throws MissingObjectException, InterruptedException;

    /** Deletes an object, if it is there. */
    void delete(String key) throws InterruptedException;

    /** Tells the keys that begin with a prefix, a page at a time. */
    void list(String prefix, Consumer<List<String>> pages) throws InterruptedException;

    /** The uploads whose keys begin with a prefix; those of other processes too. */
    List<Unfinished> unfinished(String prefix) throws InterruptedException;

    /** Gives an upload up. */
    void abort(Unfinished upload) throws InterruptedException;

    @Override
    void close();
}
