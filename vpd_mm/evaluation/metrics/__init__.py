from .cross_view_retrieval import CrossViewRetrieval
from .embedding_regression import EmbeddingRegression
from .embedding_writer import EmbeddingWriter
from .pose_embedding_loss import PoseEmbeddingLoss

__all__ = ['CrossViewRetrieval', 'EmbeddingRegression', 'EmbeddingWriter', 'PoseEmbeddingLoss']
