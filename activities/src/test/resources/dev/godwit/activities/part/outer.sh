. ./inner.sh
# between
