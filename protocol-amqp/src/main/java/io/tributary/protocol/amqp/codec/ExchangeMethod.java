package io.tributary.protocol.amqp.codec;

/** The exchange class, with RabbitMQ's bindings between exchanges. */
public sealed interface ExchangeMethod extends Method {
    record Declare(String exchange, String exchangeType, boolean passive, boolean durable,
                   boolean autoDelete, boolean internal, boolean noWait, FieldTable arguments) implements ExchangeMethod {
        static Declare read(ArgumentReader in) {
            in.uint16();
            return new Declare(in.shortString(), in.shortString(), in.bit(), in.bit(), in.bit(), in.bit(), in.bit(), in.table());
        }

        @Override
        public MethodType type() {
            return MethodType.EXCHANGE_DECLARE;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint16(0).shortString(exchange).shortString(exchangeType).bit(passive).bit(durable).bit(autoDelete).bit(internal)
                .bit(noWait).table(arguments);
        }
    }

    record DeclareOk() implements ExchangeMethod {
        static DeclareOk read(ArgumentReader in) {
            return new DeclareOk();
        }

        @Override
        public MethodType type() {
            return MethodType.EXCHANGE_DECLARE_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }

    record Delete(String exchange, boolean ifUnused, boolean noWait) implements ExchangeMethod {
        static Delete read(ArgumentReader in) {
            in.uint16();
            return new Delete(in.shortString(), in.bit(), in.bit());
        }

        @Override
        public MethodType type() {
            return MethodType.EXCHANGE_DELETE;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint16(0).shortString(exchange).bit(ifUnused).bit(noWait);
        }
    }

    record DeleteOk() implements ExchangeMethod {
        static DeleteOk read(ArgumentReader in) {
            return new DeleteOk();
        }

        @Override
        public MethodType type() {
            return MethodType.EXCHANGE_DELETE_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }

    record Bind(String destination, String source, String routingKey, boolean noWait, FieldTable arguments) implements ExchangeMethod {
        static Bind read(ArgumentReader in) {
            in.uint16();
            return new Bind(in.shortString(), in.shortString(), in.shortString(), in.bit(), in.table());
        }

        @Override
        public MethodType type() {
            return MethodType.EXCHANGE_BIND;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint16(0).shortString(destination).shortString(source).shortString(routingKey).bit(noWait).table(arguments);
        }
    }

    record BindOk() implements ExchangeMethod {
        static BindOk read(ArgumentReader in) {
            return new BindOk();
        }

        @Override
        public MethodType type() {
            return MethodType.EXCHANGE_BIND_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }

    record Unbind(String destination, String source, String routingKey, boolean noWait, FieldTable arguments) implements ExchangeMethod {
        static Unbind read(ArgumentReader in) {
            in.uint16();
            return new Unbind(in.shortString(), in.shortString(), in.shortString(), in.bit(), in.table());
        }

        @Override
        public MethodType type() {
            return MethodType.EXCHANGE_UNBIND;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint16(0).shortString(destination).shortString(source).shortString(routingKey).bit(noWait).table(arguments);
        }
    }

    record UnbindOk() implements ExchangeMethod {
        static UnbindOk read(ArgumentReader in) {
            return new UnbindOk();
        }

        @Override
        public MethodType type() {
            return MethodType.EXCHANGE_UNBIND_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }
}
