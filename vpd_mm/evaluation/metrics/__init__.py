from .cross_view_retrieval import CrossViewRetrieval
from .embedding_regression import EmbeddingRegression
from .embedding_writer import EmbeddingWriter
from .few_shot_centroid import FewShotCentroid
from .pose_embedding_loss import PoseEmbeddingLoss
from .retrieval_metric import RetrievalMetric
from .temporal_detection import TemporalDetectionMetric

__all__ = [
    'CrossViewRetrieval',
    'EmbeddingRegression',
    'EmbeddingWriter',
    'FewShotCentroid',
    'PoseEmbeddingLoss',
    'RetrievalMetric',
    'TemporalDetectionMetric',
]
