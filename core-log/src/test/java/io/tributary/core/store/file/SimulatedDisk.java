package io.tributary.core.store.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A disk whose power can be cut. Its files are real ones beneath a directory, as running processes see them; beside them it keeps what
 * would be left: of each file what was forced and each write since, of each directory the names that were synced and each change since.
 * {@link #cutPower} makes of that one of the states in which a machine may come back. It can also be full, and fail.
 */
final class SimulatedDisk implements Disk {
    /** What is done to it; each is counted, and may be made to fail. */
    enum Operation { CREATE, WRITE, TRUNCATE, FORCE, MOVE, DELETE, SYNC }

    /** Throws to make an operation fail. Of a write or a force that fails chance says what was done. */
    interface Faults {
        void before(Operation operation, Path path) throws IOException;
    }

    static final long NO_END = Long.MAX_VALUE;

    private final Path root;
    private final Random random;
    private final Map<Path, SimulatedFile> files = new HashMap<>();
    private final Map<Path, SimulatedDirectory> directories = new HashMap<>();
    private Faults faults = (operation, path) -> { };
    private long operations;
    private long endAfter = NO_END;
    private long room = Long.MAX_VALUE;
    private boolean off;

    /**
     * Takes what is beneath the root as durable.
     *
     * @param random decides what is left when power is cut
     */
    SimulatedDisk(Path root, Random random) {
        this.root = root;
        this.random = random;
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.toList()) {
                if (Files.isDirectory(path)) {
                    directories.put(path, new SimulatedDirectory());
                } else {
                    files.put(path, new SimulatedFile(Files.readAllBytes(path)));
                }
                if (!path.equals(root)) {
                    parent(path).durable.put(path.getFileName().toString(), Objects.requireNonNull(node(path)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Power goes when so many operations have been done. */
    synchronized void endAfter(long count) {
        endAfter = count;
    }

    /** Operations done. */
    synchronized long operations() {
        return operations;
    }

    synchronized boolean isOff() {
        return off;
    }

    synchronized void fail(Faults now) {
        faults = now;
    }

    /** Bounds by how many bytes files may still grow. */
    synchronized void setRoom(long bytes) {
        room = bytes;
    }

    private SimulatedDirectory parent(Path path) throws IOException {
        SimulatedDirectory parent = directories.get(path.getParent());
        if (parent == null) {
            throw new IOException("no directory " + path.getParent());
        }
        return parent;
    }

    private @Nullable Object node(Path path) {
        SimulatedDirectory directory = directories.get(path);
        return directory != null ? directory : files.get(path);
    }

    private void begin(Operation operation, Path path) throws IOException {
        if (off || operations >= endAfter) {
            off = true;
            throw new IOException("the power is off");
        }
        faults.before(operation, path);
        operations++;
    }

    @Override
    public synchronized FileChannel open(Path path, OpenOption... options) throws IOException {
        if (off) {
            throw new IOException("the power is off");
        }
        List<OpenOption> wanted = Arrays.asList(options);
        boolean exists = Files.exists(path);
        if (!exists && wanted.contains(StandardOpenOption.CREATE)) {
            begin(Operation.CREATE, path);
            SimulatedFile file = new SimulatedFile(new byte[0]);
            parent(path).put(path.getFileName().toString(), file);
            files.put(path, file);
        }
        FileChannel real = FileChannel.open(path, options);
        SimulatedFile file = files.computeIfAbsent(path, unknown -> new SimulatedFile(new byte[0]));
        if (exists && wanted.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
            file.truncate(0);
        }
        return new SimulatedChannel(this, path, file, real);
    }

    @Override
    public synchronized void createDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        createDirectories(Objects.requireNonNull(directory.getParent()));
        begin(Operation.CREATE, directory);
        SimulatedDirectory made = new SimulatedDirectory();
        parent(directory).put(directory.getFileName().toString(), made);
        directories.put(directory, made);
        Files.createDirectory(directory);
    }

    @Override
    public synchronized void move(Path from, Path to) throws IOException {
        begin(Operation.MOVE, to);
        SimulatedFile file = Objects.requireNonNull(files.remove(from));
        parent(to).move(from.getFileName().toString(), to.getFileName().toString(), file);
        SimulatedFile replaced = files.put(to, file);
        room = replaced == null ? room : free(replaced.size());
        REAL.move(from, to);
    }

    @Override
    public synchronized void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        begin(Operation.DELETE, path);
        REAL.delete(path);
        if (node(path) != null) {
            parent(path).remove(path.getFileName().toString());
        }
        SimulatedFile file = files.remove(path);
        directories.remove(path);
        room = file == null ? room : free(file.size());
    }

    private long free(long bytes) {
        return room == Long.MAX_VALUE ? room : room + bytes;
    }

    @Override
    public synchronized void sync(Path directory) throws IOException {
        SimulatedDirectory synced = directories.get(directory);
        if (synced == null) {
            throw new IOException("no directory " + directory);
        }
        begin(Operation.SYNC, directory);
        synced.sync();
    }

    /** Writes as much as there is room for. */
    synchronized int write(SimulatedChannel to, ByteBuffer bytes, long position) throws IOException {
        try {
            begin(Operation.WRITE, to.path());
        } catch (IOException e) {
            if (!off && random.nextBoolean()) {
                put(to, bytes.duplicate(), position);
            }
            throw e;
        }
        return put(to, bytes, position);
    }

    private int put(SimulatedChannel to, ByteBuffer bytes, long position) throws IOException {
        int length = bytes.remaining();
        long grown = position + length - to.file().size();
        if (grown > room) {
            length = (int) Math.max(0, length - (grown - room));
            if (length == 0) {
                throw new IOException("No space left on device");
            }
        }
        ByteBuffer part = bytes.slice(bytes.position(), length);
        byte[] copy = new byte[length];
        part.duplicate().get(copy);
        if (room != Long.MAX_VALUE) {
            room -= Math.max(0, position + length - to.file().size());
        }
        to.file().write(position, copy);
        long at = position;
        while (part.hasRemaining()) {
            at += to.real().write(part, at);
        }
        bytes.position(bytes.position() + length);
        return length;
    }

    synchronized void truncate(SimulatedChannel channel, long size) throws IOException {
        begin(Operation.TRUNCATE, channel.path());
        room = free(Math.max(0, channel.file().size() - size));
        channel.file().truncate(size);
        channel.real().truncate(size);
    }

    synchronized void force(SimulatedChannel channel) throws IOException {
        try {
            begin(Operation.FORCE, channel.path());
        } catch (IOException e) {
            if (!off) {
                // What the system held of it is marked as written, and nobody knows what was.
                channel.file().settle(random);
            }
            throw e;
        }
        channel.file().force();
    }

    /** Ends it, and returns the disk that is found when power is back. */
    synchronized SimulatedDisk cutPower() {
        off = true;
        Map<Path, byte @Nullable []> left = new HashMap<>();
        survive(root, Objects.requireNonNull(directories.get(root)), left);
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    // What others than the store write there may be left or not.
                    if (files.containsKey(file) || !left.containsKey(file.getParent()) || random.nextBoolean()) {
                        Files.delete(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                    if (!left.containsKey(directory)) {
                        Files.delete(directory);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
            for (Path path : left.keySet().stream().sorted().toList()) {
                byte[] content = left.get(path);
                if (content == null) {
                    Files.createDirectories(path);
                } else {
                    Files.write(path, content);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SimulatedDisk(root, random);
    }

    private void survive(Path path, SimulatedDirectory directory, Map<Path, byte @Nullable []> left) {
        left.put(path, null);
        directory.afterCut(random).forEach((name, node) -> {
            if (node instanceof SimulatedDirectory child) {
                survive(path.resolve(name), child, left);
            } else {
                left.put(path.resolve(name), ((SimulatedFile) node).afterCut(random));
            }
        });
    }
}
