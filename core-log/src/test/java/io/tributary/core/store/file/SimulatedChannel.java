package io.tributary.core.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** A channel of a {@link SimulatedDisk}: reads the real file, and has the disk write to it. */
final class SimulatedChannel extends FileChannel {
    private final SimulatedDisk disk;
    private final Path path;
    private final SimulatedFile file;
    private final FileChannel real;
    private long position;

    SimulatedChannel(SimulatedDisk disk, Path path, SimulatedFile file, FileChannel real) {
        this.disk = disk;
        this.path = path;
        this.file = file;
        this.real = real;
    }

    Path path() {
        return path;
    }

    SimulatedFile file() {
        return file;
    }

    FileChannel real() {
        return real;
    }

    @Override
    public int read(ByteBuffer into, long from) throws IOException {
        return real.read(into, from);
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        int written = disk.write(this, bytes, position);
        position += written;
        return written;
    }

    /** One buffer at a time, so that power can go between them. */
    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            if (buffers[i].hasRemaining()) {
                return write(buffers[i]);
            }
        }
        return 0;
    }

    @Override
    public int write(ByteBuffer bytes, long at) throws IOException {
        return disk.write(this, bytes, at);
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public FileChannel position(long to) {
        position = to;
        return this;
    }

    @Override
    public long size() throws IOException {
        return real.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        disk.truncate(this, size);
        return this;
    }

    @Override
    public void force(boolean metadata) throws IOException {
        disk.force(this);
    }

    @Override
    public long transferTo(long from, long count, WritableByteChannel target) throws IOException {
        return real.transferTo(from, count, target);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        real.close();
    }

    @Override
    public int read(ByteBuffer into) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] buffers, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long at, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long at, long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long at, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long at, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }
}
