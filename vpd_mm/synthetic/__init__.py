"""A procedural figure-skating sport: movement, cameras, pictures and detections, from a seed."""

from .dataset import make_demo_data
from .splits import DemoSpec

__all__ = ['DemoSpec', 'make_demo_data']
