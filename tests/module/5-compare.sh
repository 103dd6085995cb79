# Bind mount (développement)
mkdir -p postgres_dev_data

docker run -d \
  --name postgres_dev \
  -e POSTGRES_PASSWORD=dev \
  -v $(pwd)/postgres_dev_data:/var/lib/postgresql/data \
  postgres:15-alpine

# Vous pouvez maintenant accéder aux fichiers directement
ls -la postgres_dev_data/
# Les fichiers PostgreSQL sont visibles sur l'hôte

# Named volume (production)
# Les fichiers sont dans /var/lib/docker/volumes/ (géré par Docker)
# Plus sécurisé, portable, performant

# Cleanup dev
docker stop postgres_dev
docker rm postgres_dev
sudo rm -rf postgres_dev_data
