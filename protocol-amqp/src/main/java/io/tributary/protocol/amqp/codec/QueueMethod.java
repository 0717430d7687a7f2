package io.tributary.protocol.amqp.codec;

/** The queue class. */
public sealed interface QueueMethod extends Method {
    record Declare(String queue, boolean passive, boolean durable, boolean exclusive, boolean autoDelete,
                   boolean noWait, FieldTable arguments) implements QueueMethod {
        static Declare read(ArgumentReader in) {
            in.uint16();
            return new Declare(in.shortString(), in.bit(), in.bit(), in.bit(), in.bit(), in.bit(), in.table());
        }

        @Override
        public MethodType type() {
            return MethodType.QUEUE_DECLARE;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint16(0).shortString(queue).bit(passive).bit(durable).bit(exclusive).bit(autoDelete).bit(noWait).table(arguments);
        }
    }

    record DeclareOk(String queue, long messageCount, long consumerCount) implements QueueMethod {
        static DeclareOk read(ArgumentReader in) {
            return new DeclareOk(in.shortString(), in.uint32(), in.uint32());
        }

        @Override
        public MethodType type() {
            return MethodType.QUEUE_DECLARE_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.shortString(queue).uint32(messageCount).uint32(consumerCount);
        }
    }

    record Bind(String queue, String exchange, String routingKey, boolean noWait, FieldTable arguments) implements QueueMethod {
        static Bind read(ArgumentReader in) {
            in.uint16();
            return new Bind(in.shortString(), in.shortString(), in.shortString(), in.bit(), in.table());
        }

        @Override
        public MethodType type() {
            return MethodType.QUEUE_BIND;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint16(0).shortString(queue).shortString(exchange).shortString(routingKey).bit(noWait).table(arguments);
        }
    }

    record BindOk() implements QueueMethod {
        static BindOk read(ArgumentReader in) {
            return new BindOk();
        }

        @Override
        public MethodType type() {
            return MethodType.QUEUE_BIND_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }

    record Purge(String queue, boolean noWait) implements QueueMethod {
        static Purge read(ArgumentReader in) {
            in.uint16();
            return new Purge(in.shortString(), in.bit());
        }

        @Override
        public MethodType type() {
            return MethodType.QUEUE_PURGE;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint16(0).shortString(queue).bit(noWait);
        }
    }

    record PurgeOk(long messageCount) implements QueueMethod {
        static PurgeOk read(ArgumentReader in) {
            return new PurgeOk(in.uint32());
        }

        @Override
        public MethodType type() {
            return MethodType.QUEUE_PURGE_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint32(messageCount);
        }
    }

    record Delete(String queue, boolean ifUnused, boolean ifEmpty, boolean noWait) implements QueueMethod {
        static Delete read(ArgumentReader in) {
            in.uint16();
            return new Delete(in.shortString(), in.bit(), in.bit(), in.bit());
        }

        @Override
        public MethodType type() {
            return MethodType.QUEUE_DELETE;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint16(0).shortString(queue).bit(ifUnused).bit(ifEmpty).bit(noWait);
        }
    }

    record DeleteOk(long messageCount) implements QueueMethod {
        static DeleteOk read(ArgumentReader in) {
            return new DeleteOk(in.uint32());
        }

        @Override
        public MethodType type() {
            return MethodType.QUEUE_DELETE_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint32(messageCount);
        }
    }

    record Unbind(String queue, String exchange, String routingKey, FieldTable arguments) implements QueueMethod {
        static Unbind read(ArgumentReader in) {
            in.uint16();
            return new Unbind(in.shortString(), in.shortString(), in.shortString(), in.table());
        }

        @Override
        public MethodType type() {
            return MethodType.QUEUE_UNBIND;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint16(0).shortString(queue).shortString(exchange).shortString(routingKey).table(arguments);
        }
    }

    record UnbindOk() implements QueueMethod {
        static UnbindOk read(ArgumentReader in) {
            return new UnbindOk();
        }

        @Override
        public MethodType type() {
            return MethodType.QUEUE_UNBIND_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }
}
