"""What losses take as targets is known of each."""

from dsl.catalogue import lookup
from dsl.catalogue.targets import TARGETS


def test_every_loss_of_keras_says_what_it_takes():
    losses = {one for one in lookup.names("losses") if one[:1].isupper()} - {"Loss"}
    assert set(TARGETS) == losses
