package io.tributary.protocol.amqp.codec;

/** The basic class, with RabbitMQ's negative acknowledgement. */
public sealed interface BasicMethod extends Method {
    record Qos(long prefetchSize, int prefetchCount, boolean global) implements BasicMethod {
        static Qos read(ArgumentReader in) {
            return new Qos(in.uint32(), in.uint16(), in.bit());
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_QOS;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint32(prefetchSize).uint16(prefetchCount).bit(global);
        }
    }

    record QosOk() implements BasicMethod {
        static QosOk read(ArgumentReader in) {
            return new QosOk();
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_QOS_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }

    record Consume(String queue, String consumerTag, boolean noLocal, boolean noAck, boolean exclusive,
                   boolean noWait, FieldTable arguments) implements BasicMethod {
        static Consume read(ArgumentReader in) {
            in.uint16();
            return new Consume(in.shortString(), in.shortString(), in.bit(), in.bit(), in.bit(), in.bit(), in.table());
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_CONSUME;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint16(0).shortString(queue).shortString(consumerTag).bit(noLocal).bit(noAck).bit(exclusive).bit(noWait).table(arguments);
        }
    }

    record ConsumeOk(String consumerTag) implements BasicMethod {
        static ConsumeOk read(ArgumentReader in) {
            return new ConsumeOk(in.shortString());
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_CONSUME_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.shortString(consumerTag);
        }
    }

    record Cancel(String consumerTag, boolean noWait) implements BasicMethod {
        static Cancel read(ArgumentReader in) {
            return new Cancel(in.shortString(), in.bit());
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_CANCEL;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.shortString(consumerTag).bit(noWait);
        }
    }

    record CancelOk(String consumerTag) implements BasicMethod {
        static CancelOk read(ArgumentReader in) {
            return new CancelOk(in.shortString());
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_CANCEL_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.shortString(consumerTag);
        }
    }

    record Publish(String exchange, String routingKey, boolean mandatory, boolean immediate) implements BasicMethod {
        static Publish read(ArgumentReader in) {
            in.uint16();
            return new Publish(in.shortString(), in.shortString(), in.bit(), in.bit());
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_PUBLISH;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint16(0).shortString(exchange).shortString(routingKey).bit(mandatory).bit(immediate);
        }
    }

    record Return(int replyCode, String replyText, String exchange, String routingKey) implements BasicMethod {
        static Return read(ArgumentReader in) {
            return new Return(in.uint16(), in.shortString(), in.shortString(), in.shortString());
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_RETURN;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint16(replyCode).shortString(replyText).shortString(exchange).shortString(routingKey);
        }
    }

    record Deliver(String consumerTag, long deliveryTag, boolean redelivered, String exchange, String routingKey) implements BasicMethod {
        static Deliver read(ArgumentReader in) {
            return new Deliver(in.shortString(), in.int64(), in.bit(), in.shortString(), in.shortString());
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_DELIVER;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.shortString(consumerTag).int64(deliveryTag).bit(redelivered).shortString(exchange).shortString(routingKey);
        }
    }

    record Get(String queue, boolean noAck) implements BasicMethod {
        static Get read(ArgumentReader in) {
            in.uint16();
            return new Get(in.shortString(), in.bit());
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_GET;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint16(0).shortString(queue).bit(noAck);
        }
    }

    record GetOk(long deliveryTag, boolean redelivered, String exchange, String routingKey, long messageCount) implements BasicMethod {
        static GetOk read(ArgumentReader in) {
            return new GetOk(in.int64(), in.bit(), in.shortString(), in.shortString(), in.uint32());
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_GET_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.int64(deliveryTag).bit(redelivered).shortString(exchange).shortString(routingKey).uint32(messageCount);
        }
    }

    record GetEmpty() implements BasicMethod {
        static GetEmpty read(ArgumentReader in) {
            in.shortString();
            return new GetEmpty();
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_GET_EMPTY;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.shortString("");
        }
    }

    record Ack(long deliveryTag, boolean multiple) implements BasicMethod {
        static Ack read(ArgumentReader in) {
            return new Ack(in.int64(), in.bit());
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_ACK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.int64(deliveryTag).bit(multiple);
        }
    }

    record Reject(long deliveryTag, boolean requeue) implements BasicMethod {
        static Reject read(ArgumentReader in) {
            return new Reject(in.int64(), in.bit());
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_REJECT;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.int64(deliveryTag).bit(requeue);
        }
    }

    record RecoverAsync(boolean requeue) implements BasicMethod {
        static RecoverAsync read(ArgumentReader in) {
            return new RecoverAsync(in.bit());
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_RECOVER_ASYNC;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.bit(requeue);
        }
    }

    record Recover(boolean requeue) implements BasicMethod {
        static Recover read(ArgumentReader in) {
            return new Recover(in.bit());
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_RECOVER;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.bit(requeue);
        }
    }

    record RecoverOk() implements BasicMethod {
        static RecoverOk read(ArgumentReader in) {
            return new RecoverOk();
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_RECOVER_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }

    record Nack(long deliveryTag, boolean multiple, boolean requeue) implements BasicMethod {
        static Nack read(ArgumentReader in) {
            return new Nack(in.int64(), in.bit(), in.bit());
        }

        @Override
        public MethodType type() {
            return MethodType.BASIC_NACK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.int64(deliveryTag).bit(multiple).bit(requeue);
        }
    }
}
