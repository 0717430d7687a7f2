package io.tributary.protocol.kafka.codec;

import io.netty.channel.DefaultFileRegion;
import java.nio.channels.FileChannel;

/** A file range for sendfile whose channel belongs to the log: releasing the region does not close it. */
final class BorrowedFileRegion extends DefaultFileRegion {
    BorrowedFileRegion(FileChannel channel, long position, long length) {
        super(channel, position, length);
    }

    @Override
    protected void deallocate() {
        // The log closes the channel.
    }
}
