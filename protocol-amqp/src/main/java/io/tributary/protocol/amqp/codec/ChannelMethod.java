package io.tributary.protocol.amqp.codec;

/** The channel class. */
public sealed interface ChannelMethod extends Method {
    record Open() implements ChannelMethod {
        static Open read(ArgumentReader in) {
            in.shortString();
            return new Open();
        }

        @Override
        public MethodType type() {
            return MethodType.CHANNEL_OPEN;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.shortString("");
        }
    }

    record OpenOk() implements ChannelMethod {
        static OpenOk read(ArgumentReader in) {
            in.longString();
            return new OpenOk();
        }

        @Override
        public MethodType type() {
            return MethodType.CHANNEL_OPEN_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.longString(new byte[0]);
        }
    }

    record Flow(boolean active) implements ChannelMethod {
        static Flow read(ArgumentReader in) {
            return new Flow(in.bit());
        }

        @Override
        public MethodType type() {
            return MethodType.CHANNEL_FLOW;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.bit(active);
        }
    }

    record FlowOk(boolean active) implements ChannelMethod {
        static FlowOk read(ArgumentReader in) {
            return new FlowOk(in.bit());
        }

        @Override
        public MethodType type() {
            return MethodType.CHANNEL_FLOW_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.bit(active);
        }
    }

    record Close(int replyCode, String replyText, int classId, int methodId) implements ChannelMethod {
        static Close read(ArgumentReader in) {
            return new Close(in.uint16(), in.shortString(), in.uint16(), in.uint16());
        }

        @Override
        public MethodType type() {
            return MethodType.CHANNEL_CLOSE;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint16(replyCode).shortString(replyText).uint16(classId).uint16(methodId);
        }
    }

    record CloseOk() implements ChannelMethod {
        static CloseOk read(ArgumentReader in) {
            return new CloseOk();
        }

        @Override
        public MethodType type() {
            return MethodType.CHANNEL_CLOSE_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }
}
